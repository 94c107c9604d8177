\set n random(1, 9000000000000000)
\startpipeline
begin;
select status, seats, locked, deadline, eligibility from trade.buy_group where id = :group for update;
select cap, taken, eligibility, terms from trade.activity where id = :campaign for update;
select available from trade.stock where sku_id = :sku for update;
update trade.buy_group set locked = locked + 1, version = version + 1 where id = :group and locked < seats;
update trade.activity set taken = taken + 1 where id = :campaign;
update trade.stock set available = available - 1, reserved = reserved + 1 where sku_id = :sku;
with o as (insert into trade.shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, status, activity_id, group_id, goods_fen, off_fen, freight_fen, payable_fen, address_sealed, created_at, pay_before) select lpad(to_hex(:n::bigint), 32, '0')::uuid, :n::text, gen_random_uuid(), '\x00', gen_random_uuid(), l.merchant_id, l.merchant_name, 'group', 'pending_payment', :campaign, :group, 8000, 0, 0, 8000, decode(repeat('00', 300), 'hex'), now(), now() + interval '15 minutes' from trade.listing_sku s join trade.listing l using (product_id) where s.sku_id = :sku returning id, user_id), l1 as (insert into trade.order_line (order_id, line, product_id, sku_id, product_name, sku_name, image_url, quantity, list_unit_fen, unit_fen, goods_fen, off_fen, payable_fen, tier_prices_fen) select o.id, 1, l.product_id, s.sku_id, l.name, s.name, l.image_url, 1, 10000, 8000, 8000, 0, 8000, '{8000}' from o, trade.listing_sku s join trade.listing l using (product_id) where s.sku_id = :sku), i1 as (insert into trade.instalment (order_id, seq, kind, payable_fen, pay_before) select o.id, 1, 'full', 8000, now() + interval '15 minutes' from o), m as (insert into trade.stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available, delta_reserved, available, reserved, at, note) select st.sku_id, st.place_id, 'reserved', 'order', o.id, 1, -1, 1, st.available, st.reserved, now(), '' from o, trade.stock st where st.sku_id = :sku), t as (insert into trade.seat (order_id, group_id, user_id, status, nickname, avatar, locked_at) select o.id, :group, o.user_id, 'locked', 'measured', 'a01', now() from o) insert into trade.job (kind, ref, due_at) select 'measured', o.id::text, now() + interval '1 day' from o;
commit;
\endpipeline
\startpipeline
begin;
with gate as (insert into payments.payable (id, purpose, subject_id, instalment, opened_at) values (lpad(to_hex(:n::bigint), 32, '0')::uuid, 'trade.order', lpad(to_hex(:n::bigint), 32, '0')::uuid, 1, now()) returning id), p as (insert into payments.payment (id, payable_id, user_id, request_id, channel, out_trade_no, amount_fen, description, status, expires_at, created_at) select id, id, id, id, 'wechat_h5', :n::text, 8000, 'measured', 'pending', now() + interval '15 minutes', now() from gate returning id), s as (insert into payments.payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen) select id, id, :n::text, id, 8000 from p) insert into payments.job (kind, ref, due_at) select 'measured', id::text, now() + interval '1 day' from gate;
commit;
\endpipeline
update payments.payment set ticket = 'https://example.org/cashier', ticket_at = now() where id = lpad(to_hex(:n::bigint), 32, '0')::uuid and status = 'pending';
\startpipeline
begin;
select id, status, amount_fen from payments.payment where out_trade_no = :n::text for no key update;
with paid as (update payments.payment set status = 'paid', transaction_id = :n::text, paid_at = now(), settled_at = now() where id = lpad(to_hex(:n::bigint), 32, '0')::uuid returning id, payable_id), booked as (insert into payments.entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at) select 'payment', paid.id, side.line, side.account, side.amount, y.purpose, s.subject_id, s.merchant_id, now() from paid join payments.payable y on y.id = paid.payable_id join payments.payment_share s on s.payment_id = paid.id, (values (1, 'provider_clearing', 8000), (2, 'merchant_escrow', -8000)) as side(line, account, amount)), noted as (insert into payments.notice (notice_id, kind, subject, outcome, content, received_at) select :n::text, 'transaction', :n::text, 'applied', '{}', now() from paid), unwatched as (delete from payments.job where kind = 'measured' and ref = (lpad(to_hex(:n::bigint), 32, '0')::uuid)::text) insert into payments.outbox (event_id, consumer, name, key, payload, created_at, next_try_at) select paid.id, 'measured', 'payments.payment_succeeded.v2', paid.id::text, '{}', now(), now() from paid;
commit;
\endpipeline
\startpipeline
begin;
insert into trade.inbox (handler, event_id, handled_at) values ('measured', lpad(to_hex(:n::bigint), 32, '0')::uuid, now());
select status, terms, seats, paid from trade.buy_group where id = :group for update;
select status, payable_fen from trade.shop_order where id = lpad(to_hex(:n::bigint), 32, '0')::uuid for update;
update trade.shop_order set status = 'grouping', paid_fen = 8000, paid_at = now() where id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
update trade.instalment set payment_id = order_id, paid_fen = 8000, paid_at = now() where order_id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
update trade.seat set status = 'paid', paid_at = now() where order_id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
update trade.buy_group set paid = paid + 1, missing = greatest(missing - 1, 1), version = version + 1 where id = :group;
commit;
\endpipeline
delete from payments.outbox where event_id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
