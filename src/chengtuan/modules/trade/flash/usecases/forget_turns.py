"""Who waited for a flash sale is forgotten."""

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.turns import TURNS
from chengtuan.platform.retention import forget


async def forget_turns(ctx: TradeContext) -> int:
    """Whoever asked so long ago asked for a sale that is over."""
    return await forget(ctx.database, TURNS)
