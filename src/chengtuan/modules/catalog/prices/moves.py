"""Steps inside a transaction that wrote new prices."""

from uuid import UUID

from chengtuan.modules.catalog.prices import rows as price_floors
from chengtuan.modules.catalog.prices.rules import dearer_than_alone
from chengtuan.platform.database import WriteSession


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
        raise dearer_than_alone(worst.sku_id, worst.solo_price_fen, worst.group_price_fen, campaigns)
    await price_floors.release(tx, campaigns)
