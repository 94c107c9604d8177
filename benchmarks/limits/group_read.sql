\startpipeline
select g.id, g.product_id, l.name, l.image_url, l.merchant_name, g.activity_id, g.terms, g.eligibility, g.status, g.goal, g.missing, g.seats, g.paid, g.locked, v.tier_prices_fen, g.deadline, g.version from trade.buy_group g join trade.listing l using (product_id) left join lateral (select p.tier_prices_fen from trade.activity_price p where p.activity_id = g.activity_id order by p.tier_prices_fen[1] limit 1) v on true where g.id = :group;
select user_id, nickname, avatar, paid_at from trade.seat where group_id = :group and status = 'paid' order by paid_at;
\endpipeline
