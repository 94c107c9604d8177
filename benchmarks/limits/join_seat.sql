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
