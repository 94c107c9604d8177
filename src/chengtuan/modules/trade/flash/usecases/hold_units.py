"""Press once, and have a durable answer: units of a flash sale are somebody's before there is an order.

Whoever cannot get any is refused without a transaction where that is certain. All others go through one lane, in which
a batch takes what there is, under the lock of the sale.
"""

from collections.abc import Collection, Sequence
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves.take_holds import Answer, take_holds
from chengtuan.modules.trade.flash.problems import HoldNotFound, TicketEarly, WorkMissing
from chengtuan.modules.trade.flash.rows.holds import Hold, find_earlier, find_holds
from chengtuan.modules.trade.flash.rows.stock import lock_free_sales
from chengtuan.modules.trade.flash.rules.take import HoldWish, check_quantity, repeated
from chengtuan.modules.trade.flash.usecases.bounded_doors import told_when_to_come_again
from chengtuan.modules.trade.flash.usecases.check_ticket import Shown, check_ticket
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.modules.trade.flash.usecases.order_holds import Waiting
from chengtuan.modules.trade.flash.usecases.remember_refusals import Refusals
from chengtuan.platform.combiner import LOCK_S, Combiner, HeldUp
from chengtuan.platform.gather import Gatherer

Lane: TypeAlias = Combiner[HoldWish, Hold | UUID]
_MAX_BATCH = 512
_MAX_WAITING = 5_000
"""A hold takes some tenths of a millisecond, so nobody waits for longer than a second or two."""


class HoldDesk:
    """Takes and shows holds in this process. `waiting` hears of those of which orders are to be made.

    Who has waited for their turn is told by `turnstile`.
    """

    def __init__(self, ctx: TradeContext, turnstile: Turnstile, waiting: Waiting) -> None:
        self._ctx = ctx
        self._turnstile = turnstile
        self._waiting = waiting
        self._refusals = Refusals(ctx)
        self._lane: Lane = Combiner(self._take, self._take_free, max_batch=_MAX_BATCH, max_waiting=_MAX_WAITING)
        self._holds: Gatherer[UUID, Hold] = Gatherer(self._find)
        self._earlier: Gatherer[tuple[UUID, UUID], tuple[UUID, bytes]] = Gatherer(self._find_earlier)

    async def hold(self, wish: HoldWish, shown: Shown) -> Hold:
        """The hold. Repeating the request gives the same one.

        Raises BadQuantity, FlashSaleNotFound, FlashSaleNotStarted, FlashSaleEnded, SkuNotFound, FlashSoldOut,
        FlashLimit, FlashDeviceLimit, TicketInvalid, TicketEarly, WorkMissing, IdempotencyConflict, FlashBusy.
        """
        check_quantity(wish)
        with told_when_to_come_again():
            return await self._hold(wish, shown)

    async def _hold(self, wish: HoldWish, shown: Shown) -> Hold:
        refusal = await self._refusal(wish, shown)
        if refusal is not None:
            return await self._taken_before(wish, refusal)
        try:
            answer = await self._lane.submit(wish, key=wish.sale_id)
        except Problem as problem:
            self._refusals.remember(wish, problem)
            raise
        return answer if isinstance(answer, Hold) else await self._one(answer)

    async def read(self, hold_id: UUID, user_ids: Collection[UUID]) -> Hold:
        """Raises HoldNotFound, also for somebody else's."""
        hold = await self._holds.find(hold_id)
        if hold is None or hold.user_id not in user_ids:
            raise HoldNotFound
        return hold

    async def _refusal(self, wish: HoldWish, shown: Shown) -> Problem | None:
        """Raises TicketEarly, WorkMissing: nobody took anything before their turn."""
        terms = await self._refusals.terms(wish.sale_id)
        try:
            terms.check_running(self._ctx.clock.now())
            if (known := self._refusals.of(wish)) is not None:
                return known
            await check_ticket(self._turnstile, shown, wish, terms)
        except (TicketEarly, WorkMissing):
            raise
        except Problem as problem:
            return problem
        return None

    async def _taken_before(self, wish: HoldWish, refusal: Problem) -> Hold:
        """Whoever only asks again for what they have is not refused. Raises the refusal, IdempotencyConflict."""
        asked = [(user_id, wish.request_id) for user_id in wish.ids]
        found = {key: earlier for key in asked if (earlier := await self._earlier.find(key)) is not None}
        before = repeated(found, wish)
        if before is None:
            raise refusal.with_traceback(None)  # one for many: it would keep every request that it was raised in
        return await self._one(before.hold_id)

    async def _one(self, hold_id: UUID) -> Hold:
        hold = await self._holds.find(hold_id)
        if hold is None:
            raise HoldNotFound
        return hold

    async def _take(self, wishes: Sequence[HoldWish]) -> list[Answer]:
        async with self._ctx.database.write(lock_s=LOCK_S, by_keys=True) as tx:
            answers = await take_holds(tx, wishes)
        self._waiting.add(answer.id for answer in answers if isinstance(answer, Hold))
        return answers

    async def _take_free(self, wishes: Sequence[HoldWish]) -> list[Answer | HeldUp]:
        """The same without waiting: holds of a sale that somebody else keeps are left alone."""
        async with self._ctx.database.write(lock_s=LOCK_S, by_keys=True) as tx:
            free = await lock_free_sales(tx, {wish.sale_id for wish in wishes})
            mine = [wish for wish in wishes if wish.sale_id in free]
            answers = await take_holds(tx, mine) if mine else []
        self._waiting.add(answer.id for answer in answers if isinstance(answer, Hold))
        each = iter(answers)
        return [next(each) if wish.sale_id in free else HeldUp() for wish in wishes]

    async def _find(self, hold_ids: Sequence[UUID]) -> dict[UUID, Hold]:
        async with self._ctx.database.read() as db:
            return await find_holds(db, hold_ids)

    async def _find_earlier(self, asked: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], tuple[UUID, bytes]]:
        async with self._ctx.database.read() as db:
            return await find_earlier(db, asked)
