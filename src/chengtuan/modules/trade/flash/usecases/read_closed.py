"""Whether a flash sale has nothing more for anybody."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.problems import FlashSaleEnded, FlashSoldOut
from chengtuan.modules.trade.flash.rows.holds import requests_of_sale
from chengtuan.modules.trade.flash.rows.turns import Door, find_door

_MAX_REQUESTS = 10_000
"""A sale with more holds refuses one by one: reading and keeping all of their keys each second is dearer."""


@dataclass(frozen=True, slots=True)
class ClosedSale:
    """What everybody is told. `requests` are the keys of all holds: who comes with one asks for what they have."""

    problem: Problem
    requests: list[UUID]


async def read_closed(ctx: TradeContext, sale_id: UUID) -> ClosedSale | None:
    """None: somebody may get something, or too many may be asking again.

    The keys are read after what is left, so that none is missing of a hold that was taken before.
    """
    async with ctx.database.read() as db:
        door = await find_door(db, sale_id)
        problem = _problem(ctx, door) if door is not None else None
        if problem is None:
            return None
        requests = await requests_of_sale(db, sale_id, limit=_MAX_REQUESTS + 1)
    return ClosedSale(problem, requests) if len(requests) <= _MAX_REQUESTS else None


def _problem(ctx: TradeContext, door: Door) -> Problem | None:
    now = ctx.clock.now()
    if door.stopped_at is not None or now >= door.ends_at:
        return FlashSaleEnded()
    return FlashSoldOut(available=0) if now >= door.starts_at and not door.free else None
