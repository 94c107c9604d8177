\set n random(1, 9000000000000000)
\startpipeline
begin;
select status from trade.shop_order where id = :order for update;
update trade.shop_order set status = 'to_ship', ready_at = now() where id = :order;
insert into trade.outbox (event_id, consumer, name, key, payload, created_at, next_try_at) values (lpad(to_hex(:n::bigint), 32, '0')::uuid, 'measured', 'trade.order_ready_to_ship.v1', :n::text, '{}', now(), now()), (lpad(to_hex(:n::bigint), 32, '0')::uuid, 'measured', 'trade.group_formed.v1', :n::text, '{}', now(), now());
insert into trade.event_archive (occurred_at, event_id, name, key, payload) values (now(), lpad(to_hex(:n::bigint), 32, '0')::uuid, 'trade.order_ready_to_ship.v1', :n::text, '{}');
commit;
\endpipeline
\startpipeline
begin;
insert into fulfilment.inbox (handler, event_id, handled_at) values ('measured', lpad(to_hex(:n::bigint), 32, '0')::uuid, now());
insert into fulfilment.parcel_task (order_id, number, user_id, merchant_id, ready_at) values (lpad(to_hex(:n::bigint), 32, '0')::uuid, :n::text, gen_random_uuid(), gen_random_uuid(), now());
commit;
\endpipeline
\startpipeline
begin;
insert into messaging.inbox (handler, event_id, handled_at) values ('measured', lpad(to_hex(:n::bigint), 32, '0')::uuid, now());
insert into messaging.notice (id, user_id, template, subject_id, params, created_at, status) values (lpad(to_hex(:n::bigint), 32, '0')::uuid, lpad(to_hex(:n::bigint), 32, '0')::uuid, 'group_formed', lpad(to_hex(:n::bigint), 32, '0')::uuid, '{"people": 500, "product_name": {"en": "Pomelo"}}', now(), 'waiting');
insert into messaging.job (kind, ref, due_at) values ('measured', :n::text, now() + interval '1 day');
commit;
\endpipeline
delete from trade.outbox where key = :n::text and consumer = 'measured';
\startpipeline
begin;
select user_id, template, params, status from messaging.notice where id = lpad(to_hex(:n::bigint), 32, '0')::uuid for update;
update messaging.job set due_at = now() + interval '2 days' where kind = 'measured' and ref = :n::text;
update messaging.notice set channel = 'sms', status = 'sent', sent_at = now() where id = lpad(to_hex(:n::bigint), 32, '0')::uuid;
delete from messaging.job where kind = 'measured' and ref = :n::text;
commit;
\endpipeline
