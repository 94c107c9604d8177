-- The rows of the orders in `past`, in every module that has some.

create temp table made on commit preserve rows as
select p.*, quantity * unit as goods, quantity * unit + freight as payable,
    status not in ('pending_payment', 'cancelled') as is_paid, status in ('shipped', 'completed') as is_sent,
    status in ('refunding', 'refunded') as is_back, pg_temp.made('0c0', n, at) as payment_id,
    pg_temp.made('0f0', n, at) as refund_id, pg_temp.made('0d0', n, at) as parcel_id, at + interval '1 minute' as paid_at,
    'SF' || lpad(n::text, 12, '0') as tracking_no
from past p;

insert into trade.shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, status,
    activity_id, group_id, goods_fen, off_fen, freight_fen, payable_fen, paid_fen, refund_planned_fen, refunded_fen,
    address_sealed, parcels, created_at, pay_before, paid_at, ready_at, shipped_at, completed_at, cancelled_at, cancel_reason)
select m.id, number, m.id, '\x00', user_id, merchant_id, merchant_name, case when group_id is null then 'solo' else 'group' end,
    status, activity_id, group_id, goods, 0, freight, payable, case when is_paid then payable else 0 end,
    case when is_back then payable else 0 end, case when status = 'refunded' then payable else 0 end,
    r.address, is_sent::int, at, case when is_paid then at + interval '15 minutes' else %(now)s + interval '1 day' end,
    case when is_paid then paid_at end, case when is_sent or status = 'to_ship' then paid_at end,
    case when is_sent then at + interval '1 day' end, case when status = 'completed' then at + interval '9 days' end,
    case when status in ('cancelled', 'refunding', 'refunded') then at + interval '16 minutes' end,
    case when status = 'cancelled' then 'timeout' end
from made m join recipient r using (person) order by n;

insert into trade.order_line (order_id, line, product_id, sku_id, product_name, sku_name, image_url, quantity, list_unit_fen,
    unit_fen, goods_fen, off_fen, payable_fen, tier_prices_fen, sent)
select id, 1, product_id, sku_id, name, sku_name, image_url, quantity, greatest(list_unit, unit), unit, goods, 0, goods, tiers,
    case when is_sent then quantity else 0 end from made order by n;

insert into trade.order_adjustment (order_id, seq, line, kind, rule, amount_fen, borne_by)
select id, 1, null, 'freight', '{}', freight, 'merchant' from made where freight > 0 order by n;

insert into trade.instalment (order_id, seq, kind, payable_fen, pay_before, payment_id, paid_fen, paid_at)
select id, 1, 'full', payable, case when is_paid then at + interval '15 minutes' else %(now)s + interval '1 day' end,
    case when is_paid then payment_id end, case when is_paid then payable else 0 end, case when is_paid then paid_at end
from made order by n;

insert into trade.order_search (order_id, merchant_id, number_back, phone_key, phone_tail_key, name_key)
select m.id, merchant_id, reverse(number), r.phone, r.tail, r.name from made m join recipient r using (person) order by n;

insert into trade.seat (order_id, group_id, user_id, status, nickname, avatar, locked_at, paid_at)
select id, group_id, user_id, 'paid', 'Somebody', 'fox', at, paid_at from made where group_id is not null order by n;

insert into trade.order_parcel (tracking_no, merchant_id, parcel_id, order_id, carrier_code, correction)
select tracking_no, merchant_id, parcel_id, id, 'SF', 0 from made where is_sent order by n;

insert into trade.refund (id, order_id, merchant_id, payment_id, number, amount_fen, reason, status, planned_at,
    submitted_at, succeeded_at, trouble, note)
select refund_id, id, merchant_id, payment_id, 'R' || number, payable,
    case when group_id is null then 'cancelled' else 'group_failed' end, b.back, at, at,
    case when b.back = 'succeeded' then at + interval '1 hour' end, case when b.back = 'abnormal' then 'refused' end,
    case when b.back = 'abnormal' then 'NOT_ENOUGH' end
from made cross join lateral (select case when status = 'refunded' then 'succeeded'
    when pg_temp.dice(n, 15, 10) = 0 then 'abnormal' else 'submitted' end as back) b where is_back order by n;

insert into trade.job (kind, ref, due_at)
select 'complete_order', id::text, %(now)s + interval '1 day' from made where status = 'shipped' order by n;

insert into trade.event_archive (occurred_at, event_id, name, key, payload)
select at, pg_temp.made('0b0', n, at), 'trade.order_placed.v1', id::text, repeat('x', 300) from made order by n;

insert into trade.inbox (handler, event_id, handled_at)
select 'growth', pg_temp.made('0b0', n, at), at from made where at > %(now)s - interval '15 days' order by n;

insert into payments.payable (id, purpose, subject_id, instalment, opened_at)
select payment_id, 'trade.order', id, 1, at from made where is_paid order by n;

insert into payments.payment (id, payable_id, user_id, request_id, channel, out_trade_no, amount_fen, description, status,
    transaction_id, paid_at, settled_at, expires_at, created_at)
select payment_id, payment_id, user_id, id, 'wechat_jsapi', 'P' || number, payable, 'goods', 'paid', 'T' || number, paid_at,
    paid_at, at + interval '15 minutes', at from made where is_paid order by n;

insert into payments.payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen, refund_reserved_fen,
    refunded_fen)
select payment_id, id, number, merchant_id, payable, case when is_back then payable else 0 end,
    case when status = 'refunded' then payable else 0 end from made where is_paid order by n;

insert into payments.refund (id, payment_id, subject_id, number, asked, amount_fen, reason, status, provider_refund_id,
    trouble, planned_at, submitted_at, succeeded_at)
select r.id, r.payment_id, r.order_id, r.number, 1, r.amount_fen, r.reason, r.status, 'F' || r.number, r.trouble, r.planned_at,
    r.submitted_at, r.succeeded_at from trade.refund r join made m on m.refund_id = r.id order by m.n;

insert into payments.refund_request (out_refund_no, refund_id, accepted_at, told)
select r.number, r.id, r.planned_at, true from trade.refund r join made m on m.refund_id = r.id order by m.n;

insert into payments.entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at)
select b.kind, b.fact_id, s.line, case s.line when 1 then b.debit else b.credit end,
    case s.line when 1 then payable else -payable end, 'trade.order', id, merchant_id, b.at
from made cross join lateral (values
    ('payment', payment_id, 'provider_clearing', 'merchant_escrow', paid_at, is_paid),
    ('refund_planned', refund_id, 'merchant_escrow', 'refunds_in_transit', at, is_back),
    ('refund_succeeded', refund_id, 'refunds_in_transit', 'provider_clearing', at, status = 'refunded')
) b(kind, fact_id, debit, credit, at, so) cross join (values (1), (2)) s(line) where b.so order by n, b.kind, s.line;

insert into fulfilment.parcel_task (order_id, number, user_id, merchant_id, ready_at, shipped_at)
select id, number, user_id, merchant_id, paid_at, case when is_sent then at + interval '1 day' end
from made where is_sent or status = 'to_ship' order by n;

insert into fulfilment.shipment (order_id, number, user_id, merchant_id, parcels, revision, upload_status)
select id, number, user_id, merchant_id, 1, 1, 'skipped' from made where is_sent order by n;

insert into fulfilment.parcel (id, order_id, nth, carrier_code, tracking_no, sent_at)
select parcel_id, id, 1, 'SF', tracking_no, at + interval '1 day' from made where is_sent order by n;

insert into fulfilment.parcel_line (parcel_id, line, quantity) select parcel_id, 1, quantity from made where is_sent order by n;

insert into fulfilment.parcel_number (merchant_id, tracking_no, order_id, parcel_id)
select merchant_id, tracking_no, id, parcel_id from made where is_sent order by n;

insert into fulfilment.parcel_event (id, parcel_id, at, code, text)
select pg_temp.made('0d1', n, at), parcel_id, at + interval '1 day', 'picked_up', '' from made where is_sent order by n;

insert into messaging.notice (id, user_id, template, subject_id, params, order_id, created_at, read_at, status)
select pg_temp.made('0f1', n, at), user_id, 'order_shipped', id, '{"product": {"en": "Pomelo"}}', id, at,
    case when f < 0.9 then at end, 'inbox_only' from made where is_sent or is_back order by n;

drop table past, made;
