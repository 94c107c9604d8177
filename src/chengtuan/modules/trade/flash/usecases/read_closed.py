"""Whether a flash sale has nothing more for anybody."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows.holds import count_holds, requests_of_sale
from chengtuan.modules.trade.flash.rows.turns import find_standing

MAX_REQUESTS = 10_000
"""A sale with more holds refuses one by one: all of their keys would be kept in memory."""


@dataclass(frozen=True, slots=True)
class ClosedSale:
    """What everybody is told. `requests` are the keys of all holds, as they are sent: who comes with one asks for what
    they have."""

    problem: Problem
    requests: Collection[bytes]


async def read_closed(ctx: TradeContext, sale_id: UUID, before: Collection[bytes] = ()) -> ClosedSale | None:
    """None: somebody may get something, nobody is likely to come, or too many may be asking again.

    Keys are read after what is left, so that none is missing of a hold that was taken before. Holds only become more:
    if there are as many as `before`, they are the same.
    """
    now = ctx.clock.now()
    async with ctx.database.read() as db:
        standing = await find_standing(db, sale_id)
        refusal = standing.refusal(now) if standing is not None and standing.has_crowd(now) else None
        if refusal is None:
            return None
        count = await count_holds(db, sale_id, most=MAX_REQUESTS)
        if count > MAX_REQUESTS:
            return None
        if count == len(before):
            return ClosedSale(refusal, before)
        return ClosedSale(refusal, frozenset(str(key).encode() for key in await requests_of_sale(db, sale_id)))
