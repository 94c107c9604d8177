"""What an admission is judged by: each fact reads its rows and folds them into fields of the snapshot.

A new fact is a file here, an entry in `FACTS`, and a field of `rules.snapshot.Snapshot`.
"""

from chengtuan.modules.trade.admission.rows.facts import buyers, campaigns, carts, freight, goods, grants, groups
from chengtuan.modules.trade.admission.rows.facts.fact import Asked, Fact, Query

FACTS: tuple[Fact, ...] = (
    # those that lock come first and in the order of locks everywhere: buyers, groups, campaigns, stock
    buyers.LOCKED,
    groups.GROUPS,
    campaigns.CAMPAIGNS,
    goods.STOCK,
    campaigns.PRICES,
    freight.CARRIED,
    groups.SEATED,
    campaigns.BOUGHT,
    buyers.PAST,
    carts.CARTED,
    grants.GRANTED,
    grants.UNITED,
)

__all__ = ["FACTS", "Asked", "Fact", "Query"]
