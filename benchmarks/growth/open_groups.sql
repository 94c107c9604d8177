-- Whoever has paid in the groups that are open, and more such groups of one product that sells best.

insert into trade.buy_group (id, activity_id, product_id, merchant_id, initiator_id, status, terms, eligibility, seats,
    locked, paid, goal, missing, created_at, opened_at, deadline)
select pg_temp.made('0e1', n, %(now)s), a.id, a.product_id, a.merchant_id, pg_temp.id('f', 1 + n %% %(people)s), 'open', a.terms, a.eligibility,
    seats, paid, paid, 'form', seats - paid, %(now)s, %(now)s, %(now)s + (60 + n %% 1380) * interval '1 minute'
from generate_series(1, %(hot_groups)s::bigint) n join trade.activity a on a.id = pg_temp.id('d', 3)
cross join lateral (select (a.terms -> 'people' ->> 0)::int as seats) s cross join lateral (select 1 + n %% (seats - 1) as paid) p;

create temp table past on commit preserve rows as
select %(first)s + row_number() over () - 1 as n, 1.0::float8 as f, %(now)s - interval '90 minutes' + k * interval '1 minute' as at,
    'grouping' as status, case k when 1 then g.initiator_id else pg_temp.id('f', person) end as user_id, person,
    l.merchant_id, l.merchant_name, l.product_id, v.sku_id, l.name, l.image_url, v.name as sku_name, g.activity_id,
    g.id as group_id, g.terms, g.eligibility, g.seats, pg_temp.made('0a1', row_number() over (), %(now)s - interval '1 hour') as id,
    to_char(%(now)s + interval '8 hours', 'YYYYMMDD') || '9' || lpad((row_number() over ())::text, 13, '0') as number,
    1 as quantity, p.tier_prices_fen[1] as unit, v.solo_price_fen as list_unit, 0 as freight, p.tier_prices_fen as tiers
from trade.buy_group g join trade.listing l using (product_id)
join trade.activity_price p on p.activity_id = g.activity_id join trade.listing_sku v on v.sku_id = p.sku_id and v.position = 0
cross join lateral generate_series(1, g.paid) k
cross join lateral (select 1 + (('x' || right(g.initiator_id::text, 12))::bit(48)::bigint + 7 * k) %% %(people)s as person) h
where g.status = 'open';

insert into trade.job (kind, ref, due_at, payload)
select 'close_group', id::text, deadline, jsonb_build_object('deadline', deadline::text) from trade.buy_group where status = 'open';
