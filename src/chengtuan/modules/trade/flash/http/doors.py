"""A flash sale of which nothing is left, or that is over, closes its doors to all who come for more of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.problems import FlashSaleEnded, FlashSoldOut
from chengtuan.modules.trade.flash.usecases.read_closed import read_closed
from chengtuan.modules.trade.topics import flash_free_topic
from chengtuan.platform.http.closed import Door

SALES = "/api/v1/trade/flash-sales"


@asynccontextmanager
async def closing_doors(ctx: TradeContext, sale_id: UUID) -> AsyncIterator[None]:
    """Once somebody is told that there is nothing, the crowd behind them hears so before anybody asks who they are.

    Whoever may be asking again for what they hold is let through; a unit that comes back opens the doors.
    """
    try:
        yield
    except (FlashSoldOut, FlashSaleEnded):
        await _close_doors(ctx, sale_id)
        raise


async def _close_doors(ctx: TradeContext, sale_id: UUID) -> None:
    paths = [f"{SALES}/{sale_id}/{door}" for door in ("holds", "tickets")]

    async def judge(before: Mapping[str, Door]) -> list[Door]:
        known = before.get(paths[0])
        sale = await read_closed(ctx, sale_id, known.but_for if known is not None else ())
        return [Door(path, sale.problem, sale.requests) for path in paths] if sale is not None else []

    await ctx.closed.close(flash_free_topic(sale_id), judge)
