"""Who asks: one person's orders are judged one after the other, and by what they did lately."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Asked, Fact, Params, Query
from chengtuan.modules.trade.admission.rules.snapshot import BuyerState
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.states import CancelReason, OrderStatus
from chengtuan.platform.database import WriteSession

_LEFT_WITHIN = timedelta(days=1)
_GIVEN_UP_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Locked:
    count: int


LOCK = Query(
    _Locked,
    "select 0 as count",
    # a person's limits span products, which share no row: their orders are taken one after the other
    "select count(pg_advisory_xact_lock(key))::int as count from (select distinct"
    " hashtextextended('trade.buyer:' || id, 0) as key from unnest(%(users)s::uuid[]) id order by key) buyer",
    "select id from (select distinct id from unnest(%(users)s::uuid[]) id) buyer"
    " where not pg_try_advisory_xact_lock(hashtextextended('trade.buyer:' || id, 0))",
)
LOCKED = Fact("buyers", (LOCK,), lambda _: {})


async def lock_buyer(tx: WriteSession, ids: Collection[UUID]) -> None:
    """Nobody else takes an order of this person, or changes their cart, before the transaction ends."""
    taken(tx, Lock.BUYER, ids)
    assert LOCK.locked is not None
    await tx.fetch_one(LOCK.kind, LOCK.locked, {"users": list(ids)})


@dataclass(frozen=True, slots=True)
class _Past:
    user_id: UUID
    merchant_id: UUID
    taking: int
    unpaid: int
    left_seats: int
    given_up: int


_PAST = Query(
    _Past,
    "select user_id, merchant_id, count(*) filter (where status <> all(%(not_taking)s))::int as taking,"
    " count(*) filter (where status = %(unpaid)s)::int as unpaid,"
    " count(*) filter (where cancel_reason = %(by_user)s and paid_at is not null"
    "  and cancelled_at > %(left_since)s)::int as left_seats,"
    " count(*) filter (where cancel_reason = any(%(by_buyer)s) and paid_at is null"
    "  and cancelled_at > %(given_up_since)s)::int as given_up"
    " from shop_order where user_id = any(%(users)s) group by 1, 2",
)


def _params(asked: Asked) -> Params:
    return {
        "unpaid": OrderStatus.PENDING_PAYMENT,
        "by_user": CancelReason.USER,
        "by_buyer": [CancelReason.USER, CancelReason.TIMEOUT],
        "left_since": asked.now - _LEFT_WITHIN,
        "given_up_since": asked.now - _GIVEN_UP_WITHIN,
    }


def _fold(rows: Sequence[list[Any]]) -> Mapping[str, Any]:
    past: list[_Past] = rows[0]
    buyers: dict[UUID, BuyerState] = {}
    for row in past:
        buyer = buyers.setdefault(row.user_id, BuyerState())
        buyer.unpaid += row.unpaid
        buyer.left += row.left_seats
        buyer.given_up += row.given_up
        if row.taking:
            buyer.merchants.add(row.merchant_id)
    return {"buyers": buyers}


PAST = Fact("past", (_PAST,), _fold, _params)
