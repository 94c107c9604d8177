"""Who waited for a flash sale is forgotten, and so is what nobody got of it."""

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.holds import REFUSED_HOLDS
from chengtuan.modules.trade.flash.rows.turns import TURNS
from chengtuan.platform.retention import forget


async def forget_turns(ctx: TradeContext) -> int:
    """Whoever asked so long ago asked for a sale that is over."""
    return await forget(ctx.database, TURNS)


async def forget_holds(ctx: TradeContext) -> int:
    """Those of which there is no order, a while after their sale."""
    return await forget(ctx.database, REFUSED_HOLDS)
