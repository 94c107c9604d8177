"""What must hold in a whole database, whatever happened to the processes that wrote it.

Each rule is a query for rows that break it, run as the owner across all schemas: this looks where no
module may. Rules of the first kind hold after every commit; those of the second once everything that was
due has been done (events delivered, jobs run).
"""

from typing import Any

import psycopg

from chengtuan.apps.verify.sales import OF_SALES

ALWAYS: dict[str, str] = {
    "stock equation": """
        select sku_id, on_hand, available, reserved from trade.stock
        where on_hand <> available + reserved or available < 0 or reserved < 0""",
    "stock is the sum of its movements": """
        select st.sku_id, st.available, st.reserved, sum(m.delta_available) as moved, sum(m.delta_reserved) as held
        from trade.stock st full join trade.stock_movement m using (sku_id, place_id)
        group by st.sku_id, st.place_id, st.available, st.reserved
        having st.available is distinct from coalesce(sum(m.delta_available), 0)
            or st.reserved is distinct from coalesce(sum(m.delta_reserved), 0)""",
    "each movement of stock goes on from the one before": """
        select * from (select sku_id, seq, reason, available, reserved,
                sum(delta_available) over so_far as moved, sum(delta_reserved) over so_far as held
            from trade.stock_movement window so_far as (partition by sku_id, place_id order by seq)) m
        where (available, reserved) <> (moved, held)""",
    "reserved stock is what live orders hold, and what flash sales have not sold": """
        select sku_id, st.reserved, l.held, f.aside
        from (select sku_id, sum(reserved) as reserved from trade.stock group by 1) st
        left join (
            select l.sku_id, sum(l.quantity - l.sent) as held from trade.order_line l
            join trade.shop_order o on o.id = l.order_id
            where o.status in ('pending_payment', 'grouping', 'to_ship') group by 1) l using (sku_id)
        left join (select sku_id, sum(allotted - sold) as aside from trade.flash_stock group by 1) f using (sku_id)
        where st.reserved <> coalesce(l.held, 0) + coalesce(f.aside, 0)""",
    "an order is its lines, what made them dearer or cheaper, and its instalments": """
        select o.id, o.goods_fen, o.off_fen, o.freight_fen, o.payable_fen from trade.shop_order o
        where not exists (select 1 from trade.order_line l where l.order_id = o.id
                having sum(l.goods_fen) = o.goods_fen and sum(l.off_fen) = o.off_fen
                    and (o.kind <> 'group' or count(*) = 1))
            or o.payable_fen <> (select sum(i.payable_fen) from trade.instalment i where i.order_id = o.id)
            or o.freight_fen - o.off_fen <>
                (select coalesce(sum(a.amount_fen), 0) from trade.order_adjustment a where a.order_id = o.id)
            or exists (select 1 from trade.order_line l where l.order_id = o.id and l.off_fen <>
                (select coalesce(-sum(a.amount_fen), 0) from trade.order_adjustment a
                    where a.order_id = o.id and a.line = l.line))""",
    "each line is reserved once, and all of it goes in parcels or is given back": """
        select o.id, o.status, l.line, l.quantity, l.sent,
               sum(m.delta_reserved) filter (where m.reason = 'reserved') as reserved,
               sum(-m.delta_reserved) filter (where m.reason = 'shipped') as shipped,
               sum(-m.delta_reserved) filter (where m.reason = 'released') as released
        from trade.shop_order o join trade.order_line l on l.order_id = o.id
        left join trade.stock_movement m on m.subject_kind = 'order' and m.subject_id = o.id and m.line = l.line
            and m.sku_id = l.sku_id
        group by o.id, l.order_id, l.line
        having sum(m.delta_reserved) filter (where m.reason = 'reserved') is distinct from l.quantity
            or coalesce(sum(-m.delta_reserved) filter (where m.reason = 'shipped'), 0) <> l.sent
            or coalesce(sum(-m.delta_reserved) filter (where m.reason = 'released'), 0) <> case
                when o.status in ('cancelled', 'refunding', 'refunded') then l.quantity else 0 end""",
    "an order is shipped when all its pieces are in parcels, 15 at most": """
        select o.id, o.status, o.parcels, sum(l.quantity) as pieces, sum(l.sent) as sent,
               (select count(distinct m.parcel_id) from trade.stock_movement m
                where m.subject_id = o.id and m.parcel_id is not null) as booked
        from trade.shop_order o join trade.order_line l on l.order_id = o.id
        group by o.id having (o.status in ('shipped', 'completed')) <> (sum(l.sent) = sum(l.quantity))
            or o.parcels > 15 or (o.parcels > 0) <> (sum(l.sent) > 0) or o.parcels <>
                (select count(distinct m.parcel_id) from trade.stock_movement m
                    where m.subject_id = o.id and m.parcel_id is not null)""",
    "parcels hold no more than what was ordered": """
        select p.order_id, l.line, sum(l.quantity) as held, o.quantity from fulfilment.parcel p
        join fulfilment.parcel_line l on l.parcel_id = p.id
        left join trade.order_line o on o.order_id = p.order_id and o.line = l.line
        group by p.order_id, l.line, o.quantity having sum(l.quantity) > coalesce(o.quantity, 0)""",
    "a number is one parcel of its order, and each parcel holds its own": """
        select p.order_id, p.id, p.tracking_no, n.parcel_id as held_for, n.held
        from fulfilment.parcel p join fulfilment.shipment s using (order_id)
        left join fulfilment.parcel_number n on n.merchant_id = s.merchant_id and n.tracking_no = p.tracking_no
            and n.order_id = p.order_id
        where n.parcel_id is distinct from p.id or n.held = 0""",
    "group counters are what its seats say": """
        select g.id, g.status, g.paid, g.locked, g.seats,
               count(s.order_id) filter (where s.status = 'paid') as paid_seats,
               count(s.order_id) filter (where s.status in ('locked', 'paid')) as taken_seats
        from trade.buy_group g left join trade.seat s on s.group_id = g.id
        where g.status in ('draft', 'open', 'succeeded') group by g.id
        having g.paid <> count(s.order_id) filter (where s.status = 'paid')
            or g.locked <> count(s.order_id) filter (where s.status in ('locked', 'paid'))""",
    "0 <= paid <= locked <= seats": """
        select id, paid, locked, seats from trade.buy_group
        where not (0 <= paid and paid <= locked and locked <= seats)""",
    "a group knows how many people it misses, and for what": """
        select g.id, g.paid, g.terms -> 'people' as people, g.goal, g.missing from trade.buy_group g
        cross join lateral (select min(n::int) as first, min(n::int) filter (where n::int > g.paid) as next
            from jsonb_array_elements_text(g.terms -> 'people') n) tier
        where (g.goal, g.missing) is distinct from (case when next is null then 'none' when next = first then 'form'
            else 'next_tier' end, coalesce(next - g.paid, 0))""",
    "nobody sits in a group beyond its seats": """
        select g.id, g.seats, count(*) as people from trade.buy_group g join trade.seat s on s.group_id = g.id
        where s.status in ('locked', 'paid') group by g.id having count(*) > g.seats""",
    "one person has one active seat in a group": """
        select group_id, user_id, count(*) as seats from trade.seat where status in ('locked', 'paid')
        group by 1, 2 having count(*) > 1""",
    "a fixed group has formed exactly when everybody has paid": """
        select id, status, paid, seats from trade.buy_group
        where jsonb_array_length(terms -> 'people') = 1
            and status in ('open', 'succeeded') and (status = 'succeeded') <> (paid = seats)""",
    "an activity's counter is what live and shipped orders took": """
        select a.id, a.taken, a.cap, coalesce(sum(l.quantity), 0) as ordered from trade.activity a
        left join trade.shop_order o
            on o.activity_id = a.id and o.status not in ('cancelled', 'refunding', 'refunded')
        left join trade.order_line l on l.order_id = o.id
        group by a.id having a.taken <> coalesce(sum(l.quantity), 0)""",
    "no activity sells more than its cap": """
        select a.id, a.cap, sum(l.quantity) as ordered from trade.activity a
        join trade.shop_order o on o.activity_id = a.id join trade.order_line l on l.order_id = o.id
        where o.status not in ('cancelled', 'refunding', 'refunded') group by a.id
        having sum(l.quantity) > a.cap""",
    "nobody buys more than the activity's limit": """
        select a.id, o.user_id, a.per_user_limit, sum(l.quantity) as bought from trade.activity a
        join trade.shop_order o on o.activity_id = a.id join trade.order_line l on l.order_id = o.id
        where o.status not in ('cancelled', 'refunding', 'refunded') group by a.id, o.user_id
        having sum(l.quantity) > a.per_user_limit""",
    "a seat belongs to an order of the same state": """
        select o.id, o.status, s.status as seat from trade.shop_order o left join trade.seat s on s.order_id = o.id
        where o.kind = 'group' and (s.status is null
            or (o.status = 'pending_payment' and s.status <> 'locked')
            or (o.status in ('grouping', 'to_ship', 'shipped', 'completed') and s.status <> 'paid')
            or (o.status = 'cancelled' and s.status <> 'released'))""",
    "a formed group gives back the ladder's difference": """
        select o.id, l.unit_fen, l.tier_prices_fen, g.final_tier, coalesce(sum(r.amount_fen), 0) as back
        from trade.buy_group g join trade.shop_order o on o.group_id = g.id join trade.order_line l on l.order_id = o.id
        left join trade.refund r on r.order_id = o.id and r.reason = 'ladder_difference'
        where g.status = 'succeeded' and o.status in ('to_ship', 'shipped', 'completed') and o.off_fen = 0
        group by o.id, g.final_tier, l.order_id, l.line having coalesce(sum(r.amount_fen), 0)
            <> greatest(0, l.unit_fen - l.tier_prices_fen[g.final_tier + 1]) * l.quantity""",
    "the initiator of a formed group gets the perk, and nobody else": """
        select o.id, g.terms -> 'initiator_off_percent' as percent, o.user_id = g.initiator_id as initiator,
               coalesce(sum(r.amount_fen), 0) as back
        from trade.shop_order o left join trade.buy_group g on g.id = o.group_id
        join trade.order_line l on l.order_id = o.id and l.line = 1
        left join trade.refund r on r.order_id = o.id and r.reason = 'initiator_perk' where o.off_fen = 0
        group by o.id, g.id, l.order_id, l.line
        having coalesce(sum(r.amount_fen), 0) <> case
            when g.status = 'succeeded' and o.user_id = g.initiator_id
                and o.status in ('to_ship', 'shipped', 'completed')
            then (least(l.list_unit_fen, l.tier_prices_fen[g.final_tier + 1])
                * coalesce((g.terms ->> 'initiator_off_percent')::int, 0) * 10 + 500) / 1000
            else 0 end""",
    "a card of the shelf is right, or marked": """
        select l.product_id, l.sold, k.sold as card_sold, k.in_stock, g.status as group_status, g.paid, k.forming_rank
        from trade.listing l left join trade.shelf_card k using (product_id)
        left join trade.buy_group g on g.id = k.group_id left join trade.activity a on a.id = k.activity_id
        where not exists (select from trade.shelf_mark m where m.product_id = l.product_id) and (
            (l.sold, l.category_slug, l.merchant_id) is distinct from (k.sold, k.category_slug, k.merchant_id)
            or k.on_shelf and not l.published or a.stopped_at is not null
            or g.status <> 'open' or g.locked >= g.seats
            or k.forming_rank % 1000 <> g.missing
            or k.on_shelf and k.in_stock <> (exists (select from trade.stock st join trade.place p on p.id = st.place_id
                where st.sku_id = k.sku_id and p.kind = 'main' and st.available > 0)
                and not exists (select from trade.product_freight f
                join trade.freight_template t on t.id = f.template_id where f.product_id = k.product_id
                and t.unit = 'gram' and not exists (select from trade.sku_weight w where w.sku_id = k.sku_id))))""",
    "what changes a card of the shelf marks it": """
        select name from (values ('shelf_listing'), ('shelf_listing_new'), ('shelf_sku'), ('shelf_sku_new'),
            ('shelf_stock'), ('shelf_stock_new'), ('shelf_activity'), ('shelf_activity_new'), ('shelf_group'),
            ('shelf_freight'), ('shelf_freight_new'), ('shelf_weight_new'), ('shelf_weight_gone'))
            as wanted(name)
        where not exists (select from pg_trigger t where t.tgname = wanted.name and t.tgenabled in ('O', 'A'))""",
    "a payment is the sum of its shares": """
        select p.id, p.amount_fen, coalesce(sum(s.amount_fen), 0) as shares from payments.payment p
        left join payments.payment_share s on s.payment_id = p.id group by p.id
        having p.amount_fen <> coalesce(sum(s.amount_fen), 0)""",
    "refunds of a share are within what was paid": """
        select s.payment_id, s.subject_id, s.amount_fen, coalesce(sum(r.amount_fen), 0) as refunds
        from payments.payment_share s
        left join payments.refund r on r.payment_id = s.payment_id and r.subject_id = s.subject_id
        group by s.payment_id, s.subject_id
        having coalesce(sum(r.amount_fen), 0) > s.amount_fen
            or coalesce(sum(r.amount_fen), 0) <> s.refund_reserved_fen
            or coalesce(sum(r.amount_fen) filter (where r.status = 'succeeded'), 0) <> s.refunded_fen""",
    "an order's refund sums are what its refunds say": """
        select o.id, o.refund_planned_fen, o.refunded_fen from trade.shop_order o
        left join trade.refund r on r.order_id = o.id group by o.id
        having o.refund_planned_fen <> coalesce(sum(r.amount_fen), 0)
            or o.refunded_fen <> coalesce(sum(r.amount_fen) filter (where r.status = 'succeeded'), 0)
            or o.refund_planned_fen > o.paid_fen""",
    "the ledger sums to zero": """
        select sum(amount_fen) as total from payments.entry having coalesce(sum(amount_fen), 0) <> 0""",
    "each ledger transaction sums to zero": """
        select kind, fact_id, subject_id, sum(amount_fen) as total from payments.entry
        group by 1, 2, 3 having sum(amount_fen) <> 0""",
    "balances begin with what the ledger adds up to": """
        select coalesce(s.merchant_id, e.merchant_id) as merchant_id, coalesce(s.account, e.account) as account,
            s.amount_fen, e.booked
        from payments.ledger_sum s full join (select merchant_id, account, sum(amount_fen) as booked
            from payments.entry where seq <= (select until_seq from payments.ledger_summed) group by 1, 2) e
            on e.merchant_id = s.merchant_id and e.account = s.account
        where s.amount_fen is distinct from e.booked""",
    "every share of a payment is in the ledger with its amount": """
        select s.id, s.subject_id, s.amount_fen, e.amount_fen as booked
        from (select p.id, p.status, y.purpose, s.* from payments.payment p
            join payments.payable y on y.id = p.payable_id join payments.payment_share s on s.payment_id = p.id) s
        full join (select * from payments.entry where kind = 'payment' and amount_fen > 0) e
            on e.fact_id = s.id and e.subject_id = s.subject_id
        where (s.status = 'paid' or e.seq is not null) and (s.amount_fen, s.purpose, s.merchant_id)
            is distinct from (e.amount_fen, e.purpose, e.merchant_id)""",
    "every refund is in the ledger with its amount": """
        select r.id, r.status, k.kind, r.amount_fen, e.amount_fen as booked from payments.refund r
        join payments.payment_share s on s.payment_id = r.payment_id and s.subject_id = r.subject_id
        cross join (values ('refund_planned'), ('refund_succeeded')) as k(kind)
        left join payments.entry e on e.fact_id = r.id and e.amount_fen > 0 and e.kind =
            case when k.kind = 'refund_planned' and r.reason = 'initiator_perk' then 'perk_planned' else k.kind end
        where (k.kind = 'refund_planned' or r.status = 'succeeded')
                and (r.amount_fen, r.subject_id, s.merchant_id)
                    is distinct from (e.amount_fen, e.subject_id, e.merchant_id)
            or (k.kind = 'refund_succeeded' and r.status <> 'succeeded' and e.seq is not null)""",
    "the ledger is guarded against change": """
        select name from (values ('entry_append_only'), ('entry_balance')) as wanted(name)
        where not exists (select 1 from pg_trigger t where t.tgname = wanted.name
            and t.tgrelid = 'payments.entry'::regclass and t.tgenabled in ('O', 'A'))""",
    "nobody is part of an account that is part of another": """
        select p.id, p.united_into from accounts.person p join accounts.person o on o.id = p.united_into
        where o.united_into is not null""",
    "an account that is part of another one has nothing that one would look for": """
        select p.id, s.sessions, d.devices, a.addresses from accounts.person p,
            lateral (select count(*) as sessions from accounts.session where subject_id = p.id) s,
            lateral (select count(*) as devices from accounts.device where subject_id = p.id) d,
            lateral (select count(*) as addresses from accounts.address where person_id = p.id) a
        where p.united_into is not null and (sessions + devices + addresses > 0 or p.phone is not null
            or p.openid is not null or p.openid_sealed is not null)""",
    "whom trade judges as one person is one": """
        select u.absorbed_id, u.user_id from trade.united_buyer u
        left join accounts.person a on a.id = u.absorbed_id left join accounts.person b on b.id = u.user_id
        where coalesce(a.united_into, a.id) is distinct from coalesce(b.united_into, b.id)""",
    "what payments returns, trade has planned": """
        select r.id, r.amount_fen, t.amount_fen as planned from payments.refund r
        join payments.payment p on p.id = r.payment_id
        join payments.payable y on y.id = p.payable_id and y.purpose = 'trade.order'
        left join trade.refund t on t.id = r.id
        where t.id is null or t.amount_fen <> r.amount_fen or t.order_id <> r.subject_id
            or t.payment_id <> r.payment_id""",
    **OF_SALES,
}

ONCE_SETTLED: dict[str, str] = {
    "nobody paid without a seat, a ready order or a refund": """
        select p.id, h.subject_id, o.status from payments.payment p
        join payments.payable y on y.id = p.payable_id and y.purpose = 'trade.order'
        join payments.payment_share h on h.payment_id = p.id
        left join trade.shop_order o on o.id = h.subject_id left join trade.seat s on s.order_id = o.id
        where p.status = 'paid' and not coalesce(
            (exists (select 1 from trade.instalment i where i.order_id = o.id and i.payment_id = p.id)
                and (o.kind <> 'group' or s.status = 'paid')
                and o.status in ('grouping', 'to_ship', 'shipped', 'completed'))
            or (select sum(r.amount_fen) from trade.refund r
                where r.payment_id = p.id and r.order_id = h.subject_id) = h.amount_fen, false)""",
    "an order is paid with what the provider took": """
        select o.id, o.paid_fen, coalesce(sum(p.amount_fen), 0) as taken from trade.shop_order o
        left join (select s.subject_id, s.amount_fen from payments.payment p
            join payments.payable y on y.id = p.payable_id and y.purpose = 'trade.order'
            join payments.payment_share s on s.payment_id = p.id where p.status = 'paid') p on p.subject_id = o.id
        group by o.id having o.paid_fen <> coalesce(sum(p.amount_fen), 0)""",
    "a refunded order got everything back": """
        select id, paid_fen, refunded_fen from trade.shop_order
        where status in ('refunding', 'refunded') and (refund_planned_fen <> paid_fen
            or (status = 'refunded') <> (refunded_fen = paid_fen))""",
    "everybody in a failed group gets everything back": """
        select o.id, o.status, g.id as group_id from trade.buy_group g join trade.shop_order o on o.group_id = g.id
        where g.status = 'failed' and o.status not in ('cancelled', 'refunding', 'refunded')""",
    "trade and payments agree about every refund": """
        select t.id, t.status, r.status as at_payments from trade.refund t left join payments.refund r using (id)
        where (t.status <> 'planned' and r.id is null)
            or (t.status = 'succeeded') <> coalesce(r.status = 'succeeded', false)""",
    "parcels hold what trade booked": """
        select o.id, m.parcel_id as booked, l.parcel_id as kept, m.line, -m.delta_reserved as pieces, l.quantity
        from (select * from trade.stock_movement where parcel_id is not null) m
        full join fulfilment.parcel_line l on l.parcel_id = m.parcel_id and l.line = m.line
        left join trade.shop_order o on o.id = m.subject_id
        where l.quantity is distinct from -m.delta_reserved""",
    "no event waits": """
        select consumer, name, key, attempts, last_error from trade.outbox
        union all select consumer, name, key, attempts, last_error from payments.outbox""",
}


def broken_rules(connection: psycopg.Connection[Any], *, settled: bool) -> list[str]:
    """Every broken rule with a row that breaks it, as the open transaction sees the database; empty is fine.

    `settled` False: events are still on their way, so only the rules that hold at every moment are checked.
    """
    found: list[str] = []
    for name, query in (ALWAYS | (ONCE_SETTLED if settled else {})).items():
        cursor = connection.execute(query.encode())
        columns = [column.name for column in cursor.description or ()]
        found += [f"{name}: {dict(zip(columns, row, strict=True))}" for row in cursor.fetchall()]
    return found
