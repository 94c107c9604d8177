"""Whose turn is when, in the queues of flash sales."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, TypeAlias
from uuid import UUID

from chengtuan.modules.trade.flash.rules.slot import MAX_SLOT
from chengtuan.modules.trade.flash.rules.standing import SaleStanding
from chengtuan.modules.trade.flash.rules.tickets import DRAWN_WITHIN
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.retention import Rule

Waiting: TypeAlias = tuple[UUID, UUID]
"""A sale, and somebody who wants something of it."""


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """Without `turn_at` the person is drawn by lot."""

    activity_id: UUID
    user_id: UUID
    asked_at: datetime
    turn_at: datetime | None
    bits: int

    @property
    def whose(self) -> Waiting:
        return self.activity_id, self.user_id


_STANDINGS: LiteralString = (
    "select a.id, a.starts_at, a.ends_at, a.stopped_at,"
    " (select coalesce(sum(allotted - held - sold), 0)::int from flash_stock where activity_id = a.id) as free"
    " from activity a where a.id = any(%(sales)s::uuid[]) and a.kind = 'flash'"
)
_TURNS: LiteralString = (
    "select activity_id, user_id, asked_at, turn_at, bits from flash_turn where (activity_id, user_id)"
    " in (select * from unnest(%(waiting_for)s::uuid[], %(people)s::uuid[]))"
)


def _params(waiting: Collection[Waiting]) -> dict[str, object]:
    return {
        "sales": array({sale_id for sale_id, _ in waiting}),
        "waiting_for": array(sale_id for sale_id, _ in waiting),
        "people": array(user_id for _, user_id in waiting),
    }


async def find_standings_and_turns(
    db: ReadSession | WriteSession, waiting: Collection[Waiting]
) -> tuple[dict[UUID, SaleStanding], dict[Waiting, KeptTurn]]:
    """The sales that there are of these, and the turns that people have."""
    params = _params(waiting)
    sales, turns = await db.fetch_each((SaleStanding, _STANDINGS, params), (KeptTurn, _TURNS, params))
    return {sale.id: sale for sale in sales}, {turn.whose: turn for turn in turns}


async def find_standing(db: ReadSession, sale_id: UUID) -> SaleStanding | None:
    return await db.fetch_one(SaleStanding, _STANDINGS, {"sales": [sale_id]})


async def count_drawn(db: ReadSession | WriteSession, sale_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people are drawn by lot; sales without any are left out."""
    rows = await db.fetch_tuples(
        "select activity_id, count(*) from flash_turn where activity_id = any(%s::uuid[]) and turn_at is null"
        " group by activity_id",
        (array(sale_ids),),
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn, and when the person had asked for the one that it replaces, which is over; None: there is none."""

    turn: KeptTurn
    instead_of: datetime | None


async def keep_turns(tx: WriteSession, new: Sequence[NewTurn]) -> dict[Waiting, KeptTurn]:
    """The turns that people have from now on: where another process was sooner, the one that it kept."""
    kept = {each.turn.whose: each.turn for each in new}
    rows = await tx.fetch_tuples(
        "with new as (select * from unnest(%(sales)s::uuid[], %(people)s::uuid[], %(asked)s::timestamptz[],"
        "  %(turns)s::timestamptz[], %(bits)s::smallint[], %(instead)s::timestamptz[])"
        "  as n(activity_id, user_id, asked_at, turn_at, bits, instead_of))"
        " insert into flash_turn as t (activity_id, user_id, asked_at, turn_at, bits)"
        " select activity_id, user_id, asked_at, turn_at, bits from new order by activity_id, user_id"
        " on conflict (activity_id, user_id) do update set"
        " (asked_at, turn_at, bits) = (excluded.asked_at, excluded.turn_at, excluded.bits)"
        " where t.asked_at = (select n.instead_of from new n"
        "  where (n.activity_id, n.user_id) = (t.activity_id, t.user_id))"
        " returning activity_id, user_id",
        {
            "sales": array(turn.activity_id for turn in kept.values()),
            "people": array(turn.user_id for turn in kept.values()),
            "asked": array(turn.asked_at for turn in kept.values()),
            "turns": array(turn.turn_at for turn in kept.values()),
            "bits": array(turn.bits for turn in kept.values()),
            "instead": array(each.instead_of for each in new),
        },
    )
    if others := kept.keys() - set(rows):
        kept |= (await find_standings_and_turns(tx, others))[1]
    return kept


_OLD_TURNS: LiteralString = (
    "delete from flash_turn where ctid = any(array(select ctid from flash_turn where asked_at < %(before)s"
    " limit %(limit)s for update skip locked)) and asked_at < %(before)s"
)
TURNS = Rule("flash_turn", _OLD_TURNS, after=MAX_SLOT + DRAWN_WITHIN)
"""Whoever asked before then asked for a sale that is over."""
