"""What a process remembers of flash sales, so that most of a crowd is refused without a transaction.

Nothing here is the truth, nor trusted for longer than `TRUSTED_S`. Refusals are forgotten when units of the sale can be
had again, here or in another process. Its terms are not: who comes with old ones is judged by the new ones in the lane.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.problems import FlashLimit, FlashSaleNotFound, FlashSoldOut
from chengtuan.modules.trade.flash.rows.snapshots import terms_of_sales
from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleTerms
from chengtuan.modules.trade.topics import flash_free_topic
from chengtuan.platform.gather import Gatherer

TRUSTED_S = 1.0
_MAX_SALES = 256
_MAX_REFUSALS = 20_000
"""Of one sale, between two changes of it."""


@dataclass(slots=True)
class _Known:
    terms: SaleTerms
    until: float
    refused: dict[Hashable, Problem] = field(default_factory=dict)


class Refusals:
    """Asked before anybody joins the queue."""

    def __init__(self, ctx: TradeContext) -> None:
        async def find(sale_ids: Sequence[UUID]) -> dict[UUID, SaleTerms]:
            async with ctx.database.read() as db:
                return await terms_of_sales(db, sale_ids)

        self._find: Gatherer[UUID, SaleTerms] = Gatherer(find)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        ctx.live.watch(self.forget)

    def forget(self, topic: str) -> None:
        """Units of a sale can be had again."""
        if known := self._known.get(topic):
            known.refused.clear()

    async def terms(self, sale_id: UUID) -> SaleTerms:
        """Raises FlashSaleNotFound."""
        known = self._fresh(sale_id)
        if known is not None:
            return known.terms
        until = time.monotonic() + TRUSTED_S
        terms = await self._find.find(sale_id)
        if terms is None:
            raise FlashSaleNotFound
        self._known[flash_free_topic(sale_id)] = _Known(terms, until)
        while len(self._known) > _MAX_SALES:
            self._known.popitem(last=False)
        return terms

    def of(self, wish: HoldWish) -> Problem | None:
        """Why this wish would be refused, as was seen a moment ago."""
        known = self._fresh(wish.sale_id)
        if known is None:
            return None
        return known.refused.get(wish.sku_id) or known.refused.get(wish.ids)

    def remember(self, wish: HoldWish, problem: Problem) -> None:
        """Only what is so for every wish like it: nothing left of a variant, or of what a person may have."""
        known = self._fresh(wish.sale_id)
        if known is None or len(known.refused) >= _MAX_REFUSALS:
            return
        if isinstance(problem, FlashSoldOut) and problem.extension["available"] == 0:
            known.refused[wish.sku_id] = problem
        elif isinstance(problem, FlashLimit) and problem.extension["had"] >= problem.extension["limit"]:
            known.refused[wish.ids] = problem

    def _fresh(self, sale_id: UUID) -> _Known | None:
        known = self._known.get(flash_free_topic(sale_id))
        return known if known is not None and time.monotonic() < known.until else None
