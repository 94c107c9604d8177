"""The catalog hears that an activity was stopped."""

from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.platform.jobs import Job


async def release_prices(ctx: TradeContext, job: Job) -> None:
    """A stopped activity binds no price any more."""
    await ctx.catalog.release_prices(campaign_id=UUID(job.ref))
