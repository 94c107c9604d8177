"""Listings: the catalog's products as trade keeps them, with the names by which they are searched."""

from psycopg.types.json import Jsonb

from chengtuan.kernel.pinyin import as_text, spellings
from chengtuan.kernel.search import grams, searchable
from chengtuan.modules.catalog.facade import ProductSnapshot
from chengtuan.modules.trade.freight.rows.defaults import begin_with_default
from chengtuan.modules.trade.stock.rows.places import keep_in_main_place
from chengtuan.modules.trade.topics import listing_topic, offer_topic
from chengtuan.platform.database import WriteSession


async def upsert_listing(tx: WriteSession, product: ProductSnapshot) -> bool:
    """Take over a product's newest version; False if we have a newer one already."""
    text, sold_as = searchable(product.name, product.merchant_name), searchable(product.name)
    spelt = spellings([text])
    is_new: bool | None = await tx.fetch_value(
        "insert into listing as l (product_id, merchant_id, merchant_name, name, image_url, category_slug,"
        " list_price_fen, solo_price_fen, published, version, listed_at, search_text, search_grams, search_spelt)"
        " values (%(id)s, %(merchant)s, %(merchant_name)s, %(name)s, %(image)s, %(category)s, %(list)s, %(solo)s,"
        " %(published)s, %(version)s, %(now)s, %(text)s, %(grams)s, %(spelt)s)"
        " on conflict (product_id) do update set merchant_name = excluded.merchant_name, name = excluded.name,"
        " image_url = excluded.image_url, category_slug = excluded.category_slug,"
        " list_price_fen = excluded.list_price_fen, solo_price_fen = excluded.solo_price_fen,"
        " published = excluded.published, search_text = excluded.search_text, search_grams = excluded.search_grams,"
        " search_spelt = excluded.search_spelt,"
        " version = excluded.version where l.version < excluded.version returning xmax = 0",
        {
            "id": product.product_id,
            "merchant": product.merchant_id,
            "merchant_name": Jsonb(product.merchant_name),
            "name": Jsonb(product.name),
            "image": product.image_url,
            "category": product.category_slug,
            "list": product.list_price_fen,
            "solo": min(sku.solo_price_fen for sku in product.skus),
            "published": product.published,
            "version": product.version,
            "now": tx.clock.now(),
            "text": text,
            "grams": [*grams([text]), *spelt],
            "spelt": as_text(spelt),
        },
    )
    if is_new is None:
        return False
    if is_new:
        await begin_with_default(tx, product.product_id)
    tx.touch(offer_topic(product.product_id), listing_topic(product.product_id))
    await tx.execute("update listing_sku set active = false where product_id = %s", (product.product_id,))
    await tx.execute_many(
        "insert into listing_sku (sku_id, product_id, name, solo_price_fen, position, active)"
        " values (%s, %s, %s, %s, %s, true) on conflict (sku_id) do update set name = excluded.name,"
        " solo_price_fen = excluded.solo_price_fen, position = excluded.position, active = true",
        [
            (sku.sku_id, product.product_id, Jsonb(sku.name), sku.solo_price_fen, position)
            for position, sku in enumerate(product.skus)
        ],
    )
    await tx.execute(
        "insert into goods_name (product_id, text, merchant_id, grams) values (%s, %s, %s, %s) on conflict do nothing",
        (product.product_id, sold_as, product.merchant_id, grams([sold_as])),
    )
    await keep_in_main_place(tx, product.merchant_id, [sku.sku_id for sku in product.skus])
    return True
