"""Groups are cheaper: a variant that a campaign sells costs no less alone while it runs."""

from datetime import datetime
from uuid import UUID

from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import GroupPrice, ProductNotFound
from chengtuan.modules.catalog.prices import rows as price_floors
from chengtuan.modules.catalog.prices.rules import dearer_than_alone


async def keep_prices(
    ctx: CatalogContext,
    *,
    campaign_id: UUID,
    merchant_id: UUID,
    product_id: UUID,
    prices: list[GroupPrice],
    until: datetime,
) -> None:
    """Raises ProductNotFound, DearerThanAlone. The product's row is locked: an edit comes wholly before or after."""
    async with ctx.database.write() as tx:
        solo = {
            row.sku_id: row.solo_price_fen for row in await price_floors.lock_solo_prices(tx, product_id, merchant_id)
        }
        for price in prices:
            if price.sku_id not in solo:
                raise ProductNotFound
            if solo[price.sku_id] < price.price_fen:
                raise dearer_than_alone(price.sku_id, solo[price.sku_id], price.price_fen, [])
        await price_floors.keep(tx, campaign_id, product_id, prices, until)


async def release_prices(ctx: CatalogContext, campaign_id: UUID) -> None:
    async with ctx.database.write() as tx:
        await price_floors.release(tx, [campaign_id])
