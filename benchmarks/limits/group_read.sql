\startpipeline
select g.id, g.product_id, l.name, l.image_url, l.merchant_name, g.campaign_id, g.kind, g.status, g.size, g.paid, g.locked, g.tier_people, v.tier_prices_fen, g.deadline, g.version from trade.buy_group g join trade.listing l using (product_id) left join lateral (select cs.tier_prices_fen from trade.campaign_sku cs where cs.campaign_id = g.campaign_id order by cs.tier_prices_fen[1] limit 1) v on true where g.id = :group;
select user_id, nickname, avatar, paid_at from trade.seat where group_id = :group and status = 'paid' order by paid_at;
\endpipeline
