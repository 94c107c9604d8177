"""Which product is sent by which template, and what its variants weigh."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.search import containing, grams_of_word, words_of
from chengtuan.modules.trade.freight.rows.templates import ZONE_COLUMNS, TemplateRow, ZoneRow, templates_of
from chengtuan.platform.by_state import LAST, of_scope
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class ProductFreight:
    """Version 0: nobody has chosen yet. `edited_by` None: a default chose, or who did is not known."""

    template_id: UUID | None
    version: int
    template_name: str | None = None
    by_weight: bool = False
    edited_at: datetime | None = None
    edited_by: str | None = None


@dataclass(frozen=True, slots=True)
class SkuWeight:
    """`grams` None: nobody has weighed it."""

    sku_id: UUID
    name: dict[str, str]
    grams: int | None


_WEIGHTS: LiteralString = (
    "select s.sku_id, s.name, w.grams from listing_sku s left join sku_weight w using (sku_id)"
    " where s.product_id = %s and s.active order by s.position"
)
_CHOSEN: LiteralString = (
    "select p.template_id, p.version, t.name as template_name, coalesce(t.unit = 'gram', false) as by_weight,"
    " p.updated_at as edited_at, p.staff_name as edited_by from product_freight p"
    " left join freight_template t on t.id = p.template_id where p.product_id = %s"
)


async def freight_of_product(
    db: ReadSession | WriteSession, product_id: UUID
) -> tuple[ProductFreight, list[SkuWeight]]:
    """With its variants on sale, in their order."""
    found, weights = await db.fetch_each((ProductFreight, _CHOSEN, (product_id,)), (SkuWeight, _WEIGHTS, (product_id,)))
    return found[0] if found else ProductFreight(None, 0), weights


@dataclass(frozen=True, slots=True)
class _SentZone(ZoneRow):
    grams: dict[str, int]


async def template_of_product(db: ReadSession, product_id: UUID) -> tuple[TemplateRow, dict[UUID, int]] | None:
    """With what those of its variants weigh that were weighed; None: it is sent free. One statement, so that nobody
    sees half an edit."""
    rows = await db.fetch_all(
        _SentZone,
        "select " + ZONE_COLUMNS + ", coalesce((select jsonb_object_agg(s.sku_id, w.grams) from listing_sku s"
        " join sku_weight w using (sku_id) where s.product_id = p.product_id), '{}') as grams"
        " from product_freight p join freight_template t on t.id = p.template_id"
        " join freight_zone z on z.template_id = t.id where p.product_id = %s",
        (product_id,),
    )
    if not rows:
        return None
    return next(iter(templates_of(rows).values())), {UUID(sku_id): grams for sku_id, grams in rows[0].grams.items()}


_UNWEIGHED: LiteralString = (
    "(select count(*) from listing_sku s left join sku_weight w using (sku_id)"
    " where s.product_id = l.product_id and s.active and w.sku_id is null)"
)


@dataclass(frozen=True, slots=True)
class SentProduct:
    """`unweighed` variants cannot be bought: the template counts weight. `version` 0: nobody has chosen yet."""

    product_id: UUID
    name: dict[str, str]
    image_url: str
    published: bool
    template_id: UUID | None
    template_name: str | None
    version: int
    unweighed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductsWanted:
    """All that is named has to be so. `free`: sent by no template; `unweighed`: some variant cannot be bought."""

    text: str = ""
    template_id: UUID | None = None
    free: bool = False
    unweighed: bool = False


async def list_products(
    db: ReadSession, scope: Scope, wanted: ProductsWanted, *, after: UUID | None, limit: int
) -> list[SentProduct]:
    """The newest first."""
    words = words_of(wanted.text)
    return await db.fetch_all(
        SentProduct,
        "select * from (select l.product_id, l.name, l.image_url, l.published, p.template_id,"
        " t.name as template_name, coalesce(p.version, 0) as version,"
        " case when t.unit = 'gram' then " + _UNWEIGHED + " else 0 end as unweighed"
        " from listing l left join product_freight p using (product_id)"
        " left join freight_template t on t.id = p.template_id"
        " where (%(template)s::uuid is null or p.template_id = %(template)s)"
        " and (not %(free)s or p.template_id is null)"
        " and l.search_text like all(%(words)s::text[]) and l.product_id < %(after)s"
        + of_scope(scope, "l.merchant_id")
        + (" and l.search_grams @> %(grams)s::text[]" if words else "")
        + ") found where not %(unweighed)s or unweighed > 0 order by product_id desc limit %(limit)s",
        scope.params()
        | {
            "template": wanted.template_id,
            "free": wanted.free,
            "words": [containing(word) for word in words],
            "grams": [piece for word in words for piece in grams_of_word(word)],
            "unweighed": wanted.unweighed,
            "after": after or LAST,
            "limit": limit,
        },
    )
