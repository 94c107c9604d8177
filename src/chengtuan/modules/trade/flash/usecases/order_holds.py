"""Orders are made of holds, a moment later: the same orders by the same rules as all others.

Each process makes those of the holds it took, as soon as they are committed; what a process left behind when it ended
is made by any other. Two that make the same one find the same order.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves.settle_holds import refuse_hold
from chengtuan.modules.trade.flash.rows.holds import WaitingHold, forgotten_holds, waiting_holds

log = structlog.get_logger(__name__)
MakeOrder: TypeAlias = Callable[[WaitingHold], Awaitable[None]]
"""Makes the order of a hold. Raises the Problem for which there can be none."""
_AT_ONCE = 256
_BESIDE_OWN = 32
_REMEMBERED = 20_000
"""Of what a process took while it made no orders, as one that leaves the background to others."""
_FORGOTTEN_AFTER = timedelta(seconds=2)


class Waiting:
    """The holds that this process took and made no order of yet: a hint where to begin, no more.

    `order` is that in which it takes up what others left behind.
    """

    def __init__(self) -> None:
        self.bell = asyncio.Event()
        self.order = new_id().int % 2**31
        self._ids: deque[UUID] = deque(maxlen=_REMEMBERED)

    def add(self, hold_ids: Iterable[UUID]) -> None:
        self._ids.extend(hold_ids)
        if self._ids:
            self.bell.set()

    def some(self, most: int) -> list[UUID]:
        return [self._ids.popleft() for _ in range(min(most, len(self._ids)))]


async def order_holds(ctx: TradeContext, waiting: Waiting, make: MakeOrder) -> int:
    """Make some of the orders that there are to be made; how many holds that settled."""
    before = ctx.clock.now() - _FORGOTTEN_AFTER
    async with ctx.database.read() as db:
        holds = await waiting_holds(db, waiting.some(_AT_ONCE))
        most = _BESIDE_OWN if holds else _AT_ONCE
        forgotten = await forgotten_holds(db, before, order=waiting.order, limit=most)
    own = {hold.id for hold in holds}
    holds += [hold for hold in forgotten if hold.id not in own]
    settled = await asyncio.gather(*(_settle(ctx, hold, make) for hold in holds), return_exceptions=True)
    for each in settled:  # only now, so that none of them goes on unseen
        if isinstance(each, BaseException):
            raise each
    return sum(map(bool, settled))


async def _settle(ctx: TradeContext, hold: WaitingHold, make: MakeOrder) -> bool:
    try:
        await make(hold)
    except Problem as problem:
        if not _is_final(problem):
            log.warning("hold_waits", hold_id=str(hold.id), problem=problem.code)
            return False
        async with ctx.database.write() as tx:
            return await refuse_hold(tx, hold, problem)
    return True


def _is_final(problem: Problem) -> bool:
    """A rule said no. Whatever else is in the way passes: the hold waits, and is taken up again."""
    return problem.status < 500 and problem.status != 429
