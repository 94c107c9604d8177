"""A campaign takes no more seats, and its open groups fail."""

from uuid import UUID

from chengtuan.modules.trade.activities.rows import activities as activity_rows
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.groups.moves.stop_campaigns import end_campaign
from chengtuan.modules.trade.problems import CampaignNotFound
from chengtuan.modules.trade.states import StopReason
from chengtuan.platform.permissions import OneMerchant


async def stop_campaign(ctx: TradeContext, campaign_id: UUID, merchant_id: UUID) -> None:
    """No more seats; open groups fail and everybody gets their money back. Raises CampaignNotFound."""
    async with ctx.database.write() as tx:
        if await end_campaign(tx, campaign_id, OneMerchant(merchant_id), StopReason.MERCHANT):
            return
    async with ctx.database.read() as db:
        if await activity_rows.view_activity(db, campaign_id, OneMerchant(merchant_id)) is None:
            raise CampaignNotFound
