\startpipeline
begin;
select allotted, held, sold from trade.flash_stock where activity_id = :sale for update;
select starts_at, ends_at, stopped_at, per_user_limit, terms from trade.activity where id = :sale;
select sum(quantity) from trade.flash_hold where activity_id = :sale and user_id = (select gen_random_uuid()) and status in ('held', 'ordered');
insert into trade.flash_hold (id, activity_id, sku_id, user_id, request_id, request_hash, quantity, address_id, status, created_at) values (new_id(), :sale, :sku, gen_random_uuid(), gen_random_uuid(), decode(repeat('00', 32), 'hex'), 1, gen_random_uuid(), 'held', now());
update trade.flash_stock set held = held + 1 where activity_id = :sale and sku_id = :sku;
commit;
\endpipeline
