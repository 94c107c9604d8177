\startpipeline
select id, merchant_id, merchant_name, name, summary, description, category_slug, images, list_price_fen, published, demo from catalog.product where id = :product and published;
select id, name, solo_price_fen from catalog.sku where product_id = :product order by position;
\endpipeline
