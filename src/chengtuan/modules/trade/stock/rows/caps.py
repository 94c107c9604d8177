"""The second counter that reservations move: how much of an activity's cap is taken."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.topics import OFFER
from chengtuan.platform.database import WriteSession

# Rows are locked in the order of their ids before any is changed: an UPDATE of many would lock them in any order.
_TAKE: LiteralString = (
    "with held as materialized ("
    "  select id from activity where id = any(%(ids)s) order by id for no key update)"
    " update activity a set taken = a.taken + more.n"
    " from unnest(%(ids)s::uuid[], %(units)s::int[]) as more(id, n) join held using (id) where a.id = more.id"
    # the last unit of the cap went, or the first one came back
    " returning case when (a.taken < a.cap) <> (a.taken - more.n < a.cap) then '" + OFFER + "' || a.product_id end"
)


async def count_against_caps(tx: WriteSession, units: Mapping[UUID, int]) -> None:
    """So many units more of each activity's cap are taken; below zero, given back."""
    if units:
        taken(tx, Lock.ACTIVITY, units)
        await tx.execute_touching(_TAKE, {"ids": list(units), "units": list(units.values())})
