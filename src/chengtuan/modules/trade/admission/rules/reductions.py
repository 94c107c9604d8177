"""What makes an order cheaper, beside its activity: who has something to take off says so here.

A new reason (a coupon, points, a member's price) is a function in `SOURCES`, and what it judges by is a fact
(`admission/rows/facts/`). Previews, orders and the settlement of ladders follow by themselves.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from chengtuan.modules.trade.admission.rules.snapshot import Snapshot
from chengtuan.modules.trade.admission.rules.wish import Wish
from chengtuan.modules.trade.pricing.rules.price import Reduction

Source: TypeAlias = Callable[[Snapshot, Wish], Iterable[Reduction]]
"""The reductions that a wish may have; it reads the snapshot and changes nothing."""

SOURCES: tuple[Source, ...] = ()
"""In which order they count is the pipeline's to say, by their kinds; those of one kind count in this order."""


def reductions_for(snapshot: Snapshot, wish: Wish) -> list[Reduction]:
    return [reduction for source in SOURCES for reduction in source(snapshot, wish)]
