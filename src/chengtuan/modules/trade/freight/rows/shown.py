"""What delivering a product costs, as it is said before anybody buys."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.trade.freight.rows.products import template_of_product
from chengtuan.modules.trade.freight.rules import FREE, ShownFreight, shown_freight
from chengtuan.modules.trade.pricing.rules.freight import Carried, Load
from chengtuan.platform.database import ReadSession


async def freight_for(db: ReadSession, product_id: UUID, prices: Sequence[tuple[UUID, int]]) -> ShownFreight:
    """`prices`: at which its variants can be bought, several for those that can be had in more than one way."""
    sent = await template_of_product(db, product_id)
    if sent is None:
        return FREE
    template, grams = sent[0].terms, sent[1]
    return shown_freight(
        template,
        [
            Load(pieces=1, grams=grams.get(sku_id, 0), goods_fen=fen)
            for sku_id, fen in prices
            if not Carried(template, grams.get(sku_id)).is_unweighed
        ],
    )
