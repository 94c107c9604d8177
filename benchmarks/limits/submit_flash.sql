\set n random(1, 9000000000000000)
\startpipeline
begin;
select a.ends_at, a.stopped_at, (select sum(allotted - held - sold) from trade.flash_stock where activity_id = a.id) from trade.activity a where a.id = :sale;
insert into trade.rate_limit (key, full_at) values ('measured', now()) on conflict (key) do update set full_at = excluded.full_at;
insert into trade.flash_turn (activity_id, user_id, asked_at, turn_at, bits) values (:sale, gen_random_uuid(), now(), now(), 0);
commit;
\endpipeline
\startpipeline
begin;
select allotted, held, sold from trade.flash_stock where activity_id = :sale for update;
select starts_at, ends_at, stopped_at, per_user_limit, terms from trade.activity where id = :sale;
select sum(quantity) from trade.flash_hold where activity_id = :sale and user_id = (select gen_random_uuid()) and status in ('held', 'ordered');
insert into trade.flash_hold (id, activity_id, sku_id, user_id, request_id, request_hash, quantity, address_id, status, created_at) values (lpad(to_hex(:n::bigint), 32, '0')::uuid, :sale, :sku, gen_random_uuid(), gen_random_uuid(), decode(repeat('00', 32), 'hex'), 1, gen_random_uuid(), 'held', now());
update trade.flash_stock set held = held + 1 where activity_id = :sale and sku_id = :sku;
commit;
\endpipeline
\startpipeline
begin;
select allotted, held, sold from trade.flash_stock where activity_id = :sale for update;
select status, quantity, address_id from trade.flash_hold where id = lpad(to_hex(:n::bigint), 32, '0')::uuid for update;
select cap, taken, eligibility, terms from trade.activity where id = :sale for update;
update trade.activity set taken = taken + 1 where id = :sale;
select available from trade.stock where sku_id = :sku for update;
update trade.flash_stock set held = held - 1, sold = sold + 1 where activity_id = :sale and sku_id = :sku;
with o as (insert into trade.shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, activity_id, status, goods_fen, off_fen, freight_fen, payable_fen, address_sealed, created_at, pay_before) select lpad(to_hex(:n::bigint), 32, '0')::uuid, :n::text, gen_random_uuid(), '\x00', gen_random_uuid(), l.merchant_id, l.merchant_name, 'flash', :sale, 'pending_payment', 5000, 0, 0, 5000, decode(repeat('00', 300), 'hex'), now(), now() + interval '15 minutes' from trade.listing_sku s join trade.listing l using (product_id) where s.sku_id = :sku returning id), l1 as (insert into trade.order_line (order_id, line, product_id, sku_id, product_name, sku_name, image_url, quantity, list_unit_fen, unit_fen, goods_fen, off_fen, payable_fen, tier_prices_fen) select o.id, 1, l.product_id, s.sku_id, l.name, s.name, l.image_url, 1, 10000, 5000, 5000, 0, 5000, '{5000}' from o, trade.listing_sku s join trade.listing l using (product_id) where s.sku_id = :sku), i1 as (insert into trade.instalment (order_id, seq, kind, payable_fen, pay_before) select o.id, 1, 'full', 5000, now() + interval '15 minutes' from o), b as (insert into trade.stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available, delta_reserved, available, reserved, at, note) select st.sku_id, st.place_id, 'put_back', 'order', o.id, 1, 1, -1, st.available + 1, st.reserved - 1, now(), '' from o, trade.stock st where st.sku_id = :sku), m as (insert into trade.stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available, delta_reserved, available, reserved, at, note) select st.sku_id, st.place_id, 'reserved', 'order', o.id, 1, -1, 1, st.available, st.reserved, now(), '' from o, trade.stock st where st.sku_id = :sku) insert into trade.job (kind, ref, due_at) select 'measured', o.id::text, now() + interval '1 day' from o;
update trade.flash_hold set status = 'ordered', order_id = id where id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
commit;
\endpipeline
select status, order_id from trade.flash_hold where id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
