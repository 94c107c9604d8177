"""Groups are cheaper: a variant that a campaign sells costs no less alone while it runs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.facade import DearerThanAlone, GroupPrice, ProductNotFound
from chengtuan.modules.catalog.repository import price_floors
from chengtuan.platform.database import WriteSession


async def keep_prices(
    ctx: Catalog,
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
                raise _dearer(price.sku_id, solo[price.sku_id], price.price_fen, [])
        await price_floors.keep(tx, campaign_id, product_id, prices, until)


async def release_prices(ctx: Catalog, campaign_id: UUID) -> None:
    async with ctx.database.write() as tx:
        await price_floors.release(tx, [campaign_id])


async def check_kept_prices(tx: WriteSession, product_id: UUID, *, end_campaigns: bool) -> None:
    """After new prices were written: raises DearerThanAlone, or lets go of the campaigns that `end_campaigns` ends.

    Trade ends them when it hears of the new prices.
    """
    undercut = await price_floors.undercut(tx, product_id, tx.clock.now())
    if not undercut:
        return
    campaigns = sorted({row.campaign_id for row in undercut})
    if not end_campaigns:
        worst = undercut[0]
        raise _dearer(worst.sku_id, worst.solo_price_fen, worst.group_price_fen, campaigns)
    await price_floors.release(tx, campaigns)


def _dearer(sku_id: UUID, solo_fen: int, group_fen: int, campaigns: Sequence[UUID]) -> DearerThanAlone:
    return DearerThanAlone(
        sku_id=str(sku_id),
        solo_price_fen=solo_fen,
        group_price_fen=group_fen,
        campaign_ids=[str(campaign_id) for campaign_id in campaigns],
    )
