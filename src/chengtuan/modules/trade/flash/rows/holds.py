"""Holds: units of a flash sale that are somebody's. They change under the lock of their sale (`lock_flash_stock`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.trade.states import HOLD, HoldAction
from chengtuan.modules.trade.topics import hold_topic
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.inserting import insert


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, as its owner sees it. `problem` is why no order could be made of it."""

    id: UUID
    activity_id: UUID
    sku_id: UUID
    user_id: UUID
    quantity: int
    status: str
    order_id: UUID | None
    problem: Mapping[str, Any] | None
    created_at: datetime


_HOLD: LiteralString = "id, activity_id, sku_id, user_id, quantity, status, order_id, problem, created_at"


async def find_holds(db: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Hold]:
    rows = await db.fetch_all(Hold, "select " + _HOLD + " from flash_hold where id = any(%s)", (list(ids),))
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Earlier:
    user_id: UUID
    request_id: UUID
    id: UUID
    request_hash: bytes


EARLIER: LiteralString = (
    "select user_id, request_id, id, request_hash from flash_hold"
    " where (user_id, request_id) in (select * from unnest(%(users)s::uuid[], %(requests)s::uuid[]))"
)


async def find_earlier(
    db: ReadSession, asked: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[UUID, bytes]]:
    """Holds by (user, request): id and request hash."""
    params = {"users": [user_id for user_id, _ in asked], "requests": [request_id for _, request_id in asked]}
    return earlier_of(await db.fetch_all(Earlier, EARLIER, params))


def earlier_of(rows: Iterable[Earlier]) -> dict[tuple[UUID, UUID], tuple[UUID, bytes]]:
    return {(row.user_id, row.request_id): (row.id, bytes(row.request_hash)) for row in rows}


@dataclass(frozen=True, slots=True)
class HoldRecord:
    id: UUID
    activity_id: UUID
    sku_id: UUID
    user_id: UUID
    request_id: UUID
    request_hash: bytes
    quantity: int
    address_id: UUID
    device: UUID | None
    status: str
    created_at: datetime


async def insert_holds(tx: WriteSession, holds: Sequence[HoldRecord]) -> None:
    await insert(tx, "flash_hold", holds)


@dataclass(frozen=True, slots=True)
class WaitingHold:
    """A hold of which an order is to be made."""

    id: UUID
    activity_id: UUID
    sku_id: UUID
    user_id: UUID
    quantity: int
    address_id: UUID


_WAITING: LiteralString = (
    "select id, activity_id, sku_id, user_id, quantity, address_id from flash_hold where status = 'held'"
)


async def waiting_holds(db: ReadSession, ids: Collection[UUID]) -> list[WaitingHold]:
    """Those of these that still wait for their order."""
    if not ids:
        return []
    return await db.fetch_all(WaitingHold, _WAITING + " and id = any(%s)", (list(ids),))


async def forgotten_holds(db: ReadSession, before: datetime, *, order: int, limit: int) -> list[WaitingHold]:
    """Those that have waited since before then: whoever took them is not there any more, or has much to do.

    `order`: each process has one of its own, so that two of them rarely begin with the same.
    """
    return await db.fetch_all(
        WaitingHold,
        _WAITING + " and created_at < %s order by hashtextextended(id::text, %s) limit %s",
        (before, order, limit),
    )


@dataclass(frozen=True, slots=True)
class OrderOfHold:
    hold_id: UUID
    order_id: UUID


async def mark_ordered(tx: WriteSession, orders: Sequence[OrderOfHold]) -> None:
    """The orders are stored before; may run inside `tx.pipelined()`. Constraints refuse what is not held."""
    if not orders:
        return
    tx.touch(*(hold_topic(order.hold_id) for order in orders))
    await tx.execute(
        "update flash_hold h set status = %(to)s, order_id = n.order_id"
        " from unnest(%(holds)s::uuid[], %(orders)s::uuid[]) n(id, order_id) where h.id = n.id",
        {
            "to": HOLD.target(HoldAction.ORDER),
            "holds": array(order.hold_id for order in orders),
            "orders": array(order.order_id for order in orders),
        },
    )


async def mark_refused(tx: WriteSession, hold_id: UUID, problem: str) -> bool:
    """`problem` as JSON. False if it is not held any more."""
    tx.touch(hold_topic(hold_id))
    return bool(
        await tx.execute(
            "update flash_hold set status = %s, problem = %s where id = %s and status = any(%s)",
            (HOLD.target(HoldAction.REFUSE), problem, hold_id, HOLD.sources(HoldAction.REFUSE)),
        )
    )


async def mark_released(tx: WriteSession, order_ids: Sequence[UUID]) -> list[Hold]:
    """Those whose orders these were; the orders were given up."""
    holds = await tx.fetch_all(
        Hold,
        "update flash_hold set status = %s where order_id = any(%s) and status = any(%s) returning " + _HOLD,
        (HOLD.target(HoldAction.RELEASE), list(order_ids), HOLD.sources(HoldAction.RELEASE)),
    )
    tx.touch(*(hold_topic(hold.id) for hold in holds))
    return holds
