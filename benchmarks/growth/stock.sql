-- What all that did to the stock: an opening movement of each variant, and what each order moved.

-- What everybody orders while it is measured does not run out.
update trade.stock set available = 1000000, on_hand = 1000000
where sku_id in (pg_temp.id('b', 2), pg_temp.id('b', 6));

create temp table moves on commit preserve rows as
select sku_id, 0 as step, null::bigint as n, 'opening' as reason, 'sku' as kind, sku_id as subject, 0 as line,
    st.available + coalesce(l.pieces, 0) as da, 0 as dr, %(now)s - interval '400 days' as at, null::uuid as parcel
from trade.stock st left join (select sku_id, sum(quantity) filter (where o.status not in ('cancelled', 'refunding', 'refunded'))::int
    as pieces from trade.order_line join trade.shop_order o on o.id = order_id group by 1) l using (sku_id)
union all
select l.sku_id, m.step, null, m.reason, 'order', l.order_id, 1, m.da, m.dr, m.at, m.parcel
from trade.order_line l join trade.shop_order o on o.id = l.order_id
left join trade.order_parcel p on p.order_id = o.id and o.parcels > 0
cross join lateral (values
    (1, 'reserved', -l.quantity, l.quantity, o.created_at, null::uuid, true),
    (2, 'shipped', 0, -l.quantity, o.shipped_at, p.parcel_id, o.parcels > 0),
    (2, 'released', l.quantity, -l.quantity, o.cancelled_at, null, o.status in ('cancelled', 'refunding', 'refunded'))
) m(step, reason, da, dr, at, parcel, so) where m.so;

delete from moves where da = 0 and dr = 0;

insert into trade.stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available, delta_reserved,
    available, reserved, at, note, parcel_id)
select m.sku_id, st.place_id, reason, kind, subject, line, da, dr, sum(da) over so_far, sum(dr) over so_far, at, '', parcel
from moves m join trade.stock st using (sku_id) window so_far as (partition by m.sku_id order by at, step, subject
    rows between unbounded preceding and current row) order by at, step, subject;

update trade.stock st set reserved = l.held, on_hand = st.available + l.held
from (select sku_id, sum(dr)::int as held from moves group by 1) l where l.sku_id = st.sku_id and l.held <> 0;

drop table moves;

-- What activities have sold, of which groups that end give back.
update trade.activity a set taken = l.units
from (select o.activity_id, sum(quantity)::int as units from trade.shop_order o join trade.order_line on order_id = o.id
    where o.activity_id is not null and o.status not in ('cancelled', 'refunding', 'refunded') group by 1) l
where l.activity_id = a.id;
