"""The shelf follows the catalog."""

from chengtuan.modules.catalog.facade import ProductChanged
from chengtuan.modules.trade.activities.rows.activities import dearer_than_alone
from chengtuan.modules.trade.job_kinds import STOP_DEARER_CAMPAIGN
from chengtuan.modules.trade.shelf.rows.listings import upsert_listing
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def update_listing(tx: WriteSession, event: ProductChanged) -> None:
    """An activity whose groups would now pay more than one piece alone ends; the catalog asked the merchant."""
    now = tx.clock.now()
    if await upsert_listing(tx, event.product):
        dearer = await dearer_than_alone(tx, event.product_id, now)
        # in a transaction of its own: activities are locked before listings
        tx.schedule(*(JobCall(STOP_DEARER_CAMPAIGN, str(activity_id), now) for activity_id in dearer))
