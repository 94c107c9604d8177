"""A flash sale of which nothing is left, or that is over, closes its doors to all who come for more of it."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.usecases.read_closed import read_closed
from chengtuan.modules.trade.topics import flash_topic
from chengtuan.platform.http.closed import Door

SALES = "/api/v1/trade/flash-sales"


async def close_doors(ctx: TradeContext, sale_id: UUID) -> None:
    """After somebody was told that there is nothing: the crowd behind them hears so before anybody asks who they are.

    Whoever may be asking again for what they hold is let through; a unit that comes back opens the doors.
    """

    async def judge() -> Sequence[Door]:
        sale = await read_closed(ctx, sale_id)
        if sale is None:
            return ()
        path = f"{SALES}/{sale_id}"
        again = [str(request_id) for request_id in sale.requests]
        return Door(f"{path}/holds", sale.problem, but_for=again), Door(f"{path}/tickets", sale.problem)

    await ctx.closed.close(flash_topic(sale_id), judge)
