"""What an admission is judged by: each fact reads its rows and folds them into fields of the snapshot.

A new fact is a file here, an entry in `FACTS`, and a field of `rules.snapshot.Snapshot`.
"""

from chengtuan.modules.trade.admission.rows.facts import (
    activities,
    buyers,
    carts,
    freight,
    goods,
    grants,
    groups,
    holds,
)
from chengtuan.modules.trade.admission.rows.facts.fact import Asked, Fact, Query

FACTS: tuple[Fact, ...] = (
    # those that lock come first and in the order of locks everywhere: buyers, groups, flash sales, activities,
    # stock
    buyers.LOCKED,
    groups.GROUPS,
    holds.SALES,
    activities.ACTIVITIES,
    goods.STOCK,
    activities.PRICES,
    freight.CARRIED,
    groups.SEATED,
    activities.BOUGHT,
    buyers.PAST,
    carts.CARTED,
    holds.HOLDS,
    grants.GRANTED,
    grants.UNITED,
)

__all__ = ["FACTS", "Asked", "Fact", "Query"]
