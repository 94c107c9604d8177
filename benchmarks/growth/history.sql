-- What many people did in a year, from order %(first)s up to before %(until)s; the same for the same numbers.
-- Orders rise in time with their number; five that follow each other may have been a group.

create temp table past on commit preserve rows as
select n, f, o.at, s.status, pg_temp.id('f', 1 + n %% %(people)s) as user_id, 1 + n %% %(people)s as person,
    l.merchant_id, l.merchant_name, l.product_id, k.sku_id, l.name, l.image_url, k.name as sku_name,
    case when in_group then a.id end as activity_id, case when in_group then pg_temp.made('0e0', key, o.group_at) end as group_id,
    a.terms, a.eligibility, 5 as seats,
    pg_temp.made('0a0', n, o.at) as id, to_char(o.at + interval '8 hours', 'YYYYMMDD') || lpad(n::text, 14, '0') as number,
    1 + pg_temp.dice(n, 13, 2)::int as quantity, case when in_group then p.tier_prices_fen[1] else k.solo_price_fen end as unit,
    k.solo_price_fen as list_unit, case when pg_temp.dice(n, 14, 10) < 3 then 800 else 0 end as freight,
    case when in_group then p.tier_prices_fen else '{}'::bigint[] end as tiers
from generate_series(%(first)s::bigint, %(until)s::bigint - 1) n
cross join lateral (select n / 5 as block, n / 5 %% 3 = 0 as in_group) b
cross join lateral (select case when in_group then block * 5 else n end as key) d
cross join lateral (select (key + 1)::float8 / %(orders)s as f, case when in_group then 3 else 1 end as step,
    pg_temp.dice(key, 12, 1000) as luck,
    1 + floor(%(products)s * (pg_temp.dice(key, 11, 1000000) / 1e6) ^ 3)::bigint as wanted) e
cross join lateral (select greatest(step, wanted - wanted %% step) as product) w
cross join lateral (select %(now)s - (1 - f) * interval '360 days' - interval '2 hours' as group_at,
    case when f > 0.995 and not in_group then %(now)s - interval '10 minutes' + n * interval '1 ms' / %(orders)s
        else %(now)s - (1 - (n + 1)::float8 / %(orders)s) * interval '360 days' - interval '2 hours' end as at) o
cross join lateral (select case
    when f > 0.995 and not in_group then 'pending_payment'
    when f > 0.96 then case when luck < 700 then 'to_ship' when luck < 950 then 'shipped' else 'refunding' end
    when f > 0.90 then case when luck < 900 then 'shipped' else 'completed' end
    when luck < 880 then 'completed'
    when luck < 960 then case when in_group then 'completed' else 'cancelled' end
    else 'refunded' end as status) s
join trade.listing l on l.product_id = pg_temp.id('a', product)
join trade.listing_sku k on k.sku_id = pg_temp.id('b', product * 2)
left join trade.activity a on in_group and a.id = pg_temp.id('d', product)
left join trade.activity_price p on p.activity_id = a.id and p.sku_id = k.sku_id;

insert into trade.buy_group (id, activity_id, product_id, merchant_id, initiator_id, status, fail_reason, terms, eligibility,
    seats, locked, paid, goal, missing, final_tier, created_at, opened_at, deadline, formed_at, ended_at)
select distinct on (group_id) group_id, activity_id, product_id, merchant_id, user_id,
    case when status in ('refunding', 'refunded') then 'failed' else 'succeeded' end,
    case when status in ('refunding', 'refunded') then 'expired' end,
    jsonb_build_object('kind', 'group', 'people', array[5], 'duration_s', 86400), eligibility, 5, 5, 5, 'none', 0,
    case when status not in ('refunding', 'refunded') then 0 end, at, at, at + interval '1 day',
    case when status not in ('refunding', 'refunded') then at + interval '1 hour' end, at + interval '1 hour'
from past where group_id is not null and status <> 'grouping' order by group_id, n;
