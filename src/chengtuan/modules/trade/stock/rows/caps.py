"""The second counter that reservations move: how much of a campaign's cap is taken."""

from collections.abc import Mapping
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.platform.database import WriteSession

# Rows are locked in the order of their ids before any is changed: an UPDATE of many would lock them in any order.
_TAKE = (
    "with held as materialized ("
    "  select id from campaign where id = any(%(ids)s) order by id for no key update)"
    " update campaign c set stock_taken = c.stock_taken + taken.n"
    " from unnest(%(ids)s::uuid[], %(units)s::int[]) as taken(id, n) join held using (id) where c.id = taken.id"
)


async def count_against_caps(tx: WriteSession, units: Mapping[UUID, int]) -> None:
    """So many units more of each campaign's cap are taken; below zero, given back."""
    if units:
        taken(tx, Lock.CAMPAIGN, units)
        await tx.execute(_TAKE, {"ids": list(units), "units": list(units.values())})
