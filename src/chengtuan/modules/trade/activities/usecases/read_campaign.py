"""Activities as their merchant sees them."""

from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_id_cursor, encode_cursor, page_of
from chengtuan.modules.trade.activities.rows import activities
from chengtuan.modules.trade.activities.rows.activities import ActivityView
from chengtuan.modules.trade.activities.rows.narrowing import Narrow
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.problems import CampaignNotFound
from chengtuan.platform.permissions import Scope


async def read_campaign(ctx: TradeContext, campaign_id: UUID, scope: Scope) -> ActivityView:
    """Raises CampaignNotFound, also outside the scope."""
    async with ctx.database.read() as db:
        campaign = await activities.view_activity(db, campaign_id, scope)
    if campaign is None:
        raise CampaignNotFound
    return campaign


async def list_campaigns(ctx: TradeContext, narrow: Narrow, *, cursor: str | None, limit: int) -> Page[ActivityView]:
    """Newest first. Raises BadCursor."""
    async with ctx.database.view() as db:
        rows = await activities.list_activities(db, narrow, before=decode_id_cursor(cursor), limit=limit + 1)
    return page_of(rows, limit, lambda row: encode_cursor(str(row.id)))
