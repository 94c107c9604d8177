"""The shelf follows the catalog."""

from chengtuan.modules.catalog.facade import ProductChanged
from chengtuan.modules.trade.repository.listings import upsert_listing
from chengtuan.platform.database import WriteSession


async def update_listing(tx: WriteSession, event: ProductChanged) -> None:
    await upsert_listing(tx, event.product)
