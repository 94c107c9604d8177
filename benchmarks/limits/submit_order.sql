\startpipeline
begin;
select available from trade.stock where sku_id = :sku for update;
update trade.stock set available = available - 1, reserved = reserved + 1 where sku_id = :sku;
with o as (insert into trade.shop_order (id, number, request_id, request_hash, user_id, merchant_id, merchant_name, kind, status, product_id, sku_id, product_name, sku_name, image_url, quantity, unit_price_fen, tier_prices_fen, goods_fen, freight_fen, payable_fen, address_sealed, created_at, pay_before) select new_id(), gen_random_uuid()::text, gen_random_uuid(), '\x00', gen_random_uuid(), l.merchant_id, l.merchant_name, 'solo', 'pending_payment', l.product_id, s.sku_id, l.name, s.name, l.image_url, 1, 10000, '{}', 10000, 0, 10000, decode(repeat('00', 300), 'hex'), now(), now() + interval '15 minutes' from trade.listing_sku s join trade.listing l using (product_id) where s.sku_id = :sku returning id), m as (insert into trade.stock_movement (order_id, sku_id, kind, quantity, at) select o.id, :sku, 'reserve', 1, now() from o) insert into trade.job (kind, ref, due_at) select 'measured', o.id::text, now() + interval '1 day' from o;
commit;
\endpipeline
