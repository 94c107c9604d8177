from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.kernel.search import containing, grams_of_word, searchable
from chengtuan.modules.catalog.facade import SkuSnapshot
from chengtuan.platform.by_state import LAST
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.permissions import Scope

_SELECT = (
    "select id, merchant_id, merchant_name, name, summary, description, category_slug, images,"
    " list_price_fen, published, demo, version, created_at, updated_at from product"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product with its variants in order."""

    id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    name: dict[str, str]
    summary: dict[str, str]
    description: dict[str, str]
    category_slug: str
    images: list[str]
    list_price_fen: int | None
    published: bool
    demo: bool
    version: int
    created_at: datetime
    updated_at: datetime
    skus: list[SkuSnapshot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SkuRow:
    product_id: UUID
    sku_id: UUID
    name: dict[str, str]
    solo_price_fen: int


async def find_product(db: ReadSession | WriteSession, product_id: UUID, scope: Scope) -> ProductRow | None:
    row = await db.fetch_one(
        ProductRow,
        _SELECT + " where id = %(id)s and (%(all_merchants)s or merchant_id = %(merchant)s)",
        {"id": product_id, **scope.params()},
    )
    return (await _with_skus(db, [row]))[0] if row else None


async def list_products(
    db: ViewSession, merchant_id: UUID, *, words: Sequence[str], before: UUID | None, limit: int
) -> list[ProductRow]:
    """Newest first; each of the `words` (as `kernel.search` makes them) is in the name in some language."""
    rows = await db.fetch_all(
        ProductRow,
        _SELECT
        + " where merchant_id = %(merchant)s and id < %(before)s"
        # the index knows which names have all pieces, the patterns that they stand together
        + (" and search_text like all(%(patterns)s) and grams(search_text) @> %(grams)s" if words else "")
        + " order by id desc limit %(limit)s",
        {
            "merchant": merchant_id,
            "before": before or LAST,
            "patterns": [containing(word) for word in words],
            "grams": [piece for word in words for piece in grams_of_word(word)],
            "limit": limit,
        },
        prepare=not words,  # planned for how common the words are
    )
    return await _with_skus(db, rows)


async def _with_skus(db: ViewSession, rows: Sequence[ProductRow]) -> list[ProductRow]:
    if not rows:
        return []
    by_id = {row.id: row for row in rows}
    skus = await db.fetch_all(
        _SkuRow,
        "select product_id, id as sku_id, name, solo_price_fen from sku where product_id = any(%s) order by position",
        (list(by_id),),
    )
    for sku in skus:
        by_id[sku.product_id].skus.append(
            SkuSnapshot(sku_id=sku.sku_id, name=sku.name, solo_price_fen=sku.solo_price_fen)
        )
    return list(rows)


async def public_document(db: ReadSession, product_id: UUID) -> str | None:
    """A product as the JSON that its readers get, made by the server in one query; None if nobody has seen it yet.

    The most-read page: rows would be parsed into objects only to be written out again.
    """
    document = await db.fetch_value(
        "select json_build_object('id', p.id, 'merchant_id', p.merchant_id, 'merchant_name', p.merchant_name,"
        " 'name', p.name, 'summary', p.summary, 'description', p.description,"
        " 'category_slug', p.category_slug, 'images', p.images, 'list_price_fen', p.list_price_fen,"
        " 'skus', (select json_agg(json_build_object('id', s.id, 'name', s.name,"
        " 'solo_price_fen', s.solo_price_fen) order by s.position) from sku as s where s.product_id = p.id),"
        " 'published', p.published, 'demo', p.demo)::text from product as p"
        " where p.id = %s and p.was_published",
        (product_id,),
    )
    return str(document) if document is not None else None


async def find_product_of_request(db: WriteSession, merchant_id: UUID, request_id: UUID) -> ProductRow | None:
    row = await db.fetch_one(
        ProductRow, _SELECT + " where merchant_id = %s and request_id = %s", (merchant_id, request_id)
    )
    return (await _with_skus(db, [row]))[0] if row else None


def _columns(row: ProductRow) -> dict[str, Any]:
    texts = {name: Jsonb(getattr(row, name)) for name in ("merchant_name", "name", "summary", "description")}
    plain = {each.name: getattr(row, each.name) for each in fields(row) if each.name not in {*texts, "skus"}}
    return plain | texts | {"search_text": searchable(row.name)}


async def insert_product(tx: WriteSession, row: ProductRow, request_id: UUID | None) -> bool:
    """False, and nothing done, if the merchant's request made a product before."""
    inserted = await tx.execute(
        "insert into product (id, merchant_id, merchant_name, name, summary, description, category_slug,"
        " images, list_price_fen, published, was_published, demo, version, created_at, updated_at,"
        " search_text, request_id)"
        " values (%(id)s, %(merchant_id)s, %(merchant_name)s, %(name)s, %(summary)s, %(description)s,"
        " %(category_slug)s, %(images)s, %(list_price_fen)s, %(published)s, %(published)s, %(demo)s, %(version)s,"
        " %(created_at)s, %(updated_at)s, %(search_text)s, %(request_id)s)"
        " on conflict (merchant_id, request_id) where request_id is not null do nothing",
        _columns(row) | {"request_id": request_id},
    )
    if inserted:
        await _store_skus(tx, row)
    return bool(inserted)


async def replace_product(tx: WriteSession, row: ProductRow) -> bool:
    """Store a new version. False if the one before it is not there (any more), or not this merchant's."""
    changed = await tx.execute(
        "update product set merchant_name = %(merchant_name)s, name = %(name)s, summary = %(summary)s,"
        " description = %(description)s, category_slug = %(category_slug)s, images = %(images)s,"
        " list_price_fen = %(list_price_fen)s, published = %(published)s, version = %(version)s,"
        " updated_at = %(updated_at)s, search_text = %(search_text)s"
        " where id = %(id)s and merchant_id = %(merchant_id)s and version = %(version)s - 1",
        _columns(row),
    )
    if changed:
        await _store_skus(tx, row)
    return bool(changed)


async def _store_skus(tx: WriteSession, row: ProductRow) -> None:
    kept = [sku.sku_id for sku in row.skus]
    await tx.execute("delete from sku where product_id = %s and id <> all(%s)", (row.id, kept))
    await tx.execute_many(
        "insert into sku (id, product_id, name, solo_price_fen, position) values (%s, %s, %s, %s, %s)"
        " on conflict (id) do update set name = excluded.name, solo_price_fen = excluded.solo_price_fen,"
        " position = excluded.position where sku.product_id = excluded.product_id",
        [(sku.sku_id, row.id, Jsonb(sku.name), sku.solo_price_fen, position) for position, sku in enumerate(row.skus)],
    )


async def set_published(tx: WriteSession, product_id: UUID, merchant_id: UUID, *, published: bool) -> bool:
    """False if it is so already, or there is no such product of this merchant."""
    return bool(
        await tx.execute(
            "update product set published = %(published)s, "
            " was_published = was_published or %(published)s, version = version + 1, updated_at = %(now)s"
            " where id = %(id)s and merchant_id = %(merchant)s and published <> %(published)s",
            {"published": published, "now": tx.clock.now(), "id": product_id, "merchant": merchant_id},
        )
    )
