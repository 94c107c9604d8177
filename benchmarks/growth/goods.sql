-- Products as the catalog and the merchants' own module know them; the shelf has them already.

insert into merchants.merchant (id, name, intro, logo_url, created_at)
select distinct merchant_id, '{"en": "Shop"}'::jsonb, '{"en": "Fruit"}'::jsonb, '', %(now)s from trade.listing;

insert into catalog.category (slug, name, icon_url, position)
select distinct category_slug, '{"en": "Fresh"}'::jsonb, '/media/fresh.webp', 1 from trade.listing;

insert into catalog.product (id, merchant_id, merchant_name, name, summary, description, category_slug, images, published,
    was_published, demo, version, created_at, updated_at, search_text)
select product_id, merchant_id, merchant_name, name, '{"en": "Sweet and juicy"}'::jsonb, '{"en": "Picked this morning."}'::jsonb,
    category_slug, array[image_url], true, true, false, 1, listed_at, listed_at, search_text from trade.listing order by product_id;

insert into catalog.sku (id, product_id, name, solo_price_fen, position)
select sku_id, product_id, name, solo_price_fen, position from trade.listing_sku order by sku_id;

insert into trade.goods_name (product_id, text, merchant_id, grams)
select product_id, search_text, merchant_id, search_grams from trade.listing order by product_id;

insert into accounts.person (id, nickname, avatar, language, created_at)
select pg_temp.id('f', n), 'Somebody', 'fox', 'zh-Hant', %(now)s from generate_series(1, greatest(%(people)s, %(products)s)) n;
