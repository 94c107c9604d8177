"""Products and their variants, as the catalog published them: whose they are, and what one piece costs."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

SOLD_STOCK: LiteralString = "(stock st join place sold_from on sold_from.id = st.place_id and sold_from.kind = 'main')"
"""What orders are taken from, one row `st` a variant: the stock of its merchant's main place."""
WEIGHED: LiteralString = (
    "not exists (select from product_freight sent join freight_template way on way.id = sent.template_id"
    " where sent.product_id = s.product_id and way.unit = 'gram'"
    " and not exists (select from sku_weight weight where weight.sku_id = s.sku_id))"
)
"""Whether variant `s` can be sold at all: what is sent by weight has to have one, or its freight cannot be counted."""
AVAILABLE: LiteralString = "case when " + WEIGHED + " then coalesce(st.available, 0) else 0 end"
"""The pieces of variant `s` that somebody could buy now, beside its stock `st`."""


async def merchant_of_product(db: ReadSession | WriteSession, product_id: UUID) -> UUID | None:
    merchant: UUID | None = await db.fetch_value("select merchant_id from listing where product_id = %s", (product_id,))
    return merchant


@dataclass(frozen=True, slots=True)
class SkuPrice:
    sku_id: UUID
    solo_price_fen: int


async def sku_prices(db: ReadSession, product_id: UUID) -> list[SkuPrice]:
    return await db.fetch_all(
        SkuPrice,
        "select sku_id, solo_price_fen from listing_sku where product_id = %s and active order by position",
        (product_id,),
    )


async def merchant_of_sku(db: ReadSession | WriteSession, sku_id: UUID) -> UUID | None:
    merchant_id: UUID | None = await db.fetch_value(
        "select l.merchant_id from listing_sku s join listing l using (product_id) where s.sku_id = %s", (sku_id,)
    )
    return merchant_id
