"""Holds: units of a flash sale that are somebody's. They change under the lock of their sale (`lock_flash_stock`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.trade.states import HOLD, HoldAction
from chengtuan.modules.trade.topics import hold_topic
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.retention import Rule


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
class OwnHold(Hold):
    """The same with what it is of. `order_status` and `pay_before` are its order's."""

    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    sku_name: dict[str, str]
    flash_price_fen: int
    order_status: str | None
    pay_before: datetime | None


async def list_holds(
    db: ReadSession, user_ids: Collection[UUID], *, sale_id: UUID | None, before: UUID | None, limit: int
) -> list[OwnHold]:
    """A person's holds, newest first; with `sale_id` those of one sale."""
    return await db.fetch_all(
        OwnHold,
        "select h.id, h.activity_id, h.sku_id, h.user_id, h.quantity, h.status, h.order_id, h.problem, h.created_at,"
        " l.product_id, l.name as product_name, l.image_url as product_image_url, s.name as sku_name,"
        " p.tier_prices_fen[1] as flash_price_fen, o.status as order_status, o.pay_before"
        " from flash_hold h join activity_price p using (activity_id, sku_id) join listing_sku s using (sku_id)"
        " join listing l using (product_id) left join shop_order o on o.id = h.order_id"
        " where h.user_id = any(%(users)s) and (%(sale)s::uuid is null or h.activity_id = %(sale)s)"
        " and (%(before)s::uuid is null or h.id < %(before)s) order by h.id desc limit %(limit)s",
        {"users": array(user_ids), "sale": sale_id, "before": before, "limit": limit},
    )


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
    db: ReadSession | WriteSession, asked: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[UUID, bytes]]:
    """Holds by (user, request): id and request hash."""
    params = {"users": [user_id for user_id, _ in asked], "requests": [request_id for _, request_id in asked]}
    return earlier_of(await db.fetch_all(Earlier, EARLIER, params))


def earlier_of(rows: Iterable[Earlier]) -> dict[tuple[UUID, UUID], tuple[UUID, bytes]]:
    return {(row.user_id, row.request_id): (row.id, bytes(row.request_hash)) for row in rows}


async def count_holds(db: ReadSession, sale_id: UUID, *, most: int) -> int:
    """Of a sale, whatever became of them; `most` and one more at most."""
    counted: int = await db.fetch_value(
        "select count(*) from (select from flash_hold where activity_id = %s limit %s) h", (sale_id, most + 1)
    )
    return counted


async def requests_of_sale(db: ReadSession, sale_id: UUID) -> list[UUID]:
    """The keys under which units of a sale were taken, whatever became of them."""
    rows = await db.fetch_tuples("select request_id from flash_hold where activity_id = %s", (sale_id,))
    return [request_id for (request_id,) in rows]


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


_REFUSED: LiteralString = (
    "delete from flash_hold where ctid = any(array(select ctid from flash_hold where status = 'refused'"
    " and created_at < %(before)s limit %(limit)s for update skip locked)) and status = 'refused'"
)
REFUSED_HOLDS = Rule("flash_hold", _REFUSED, after=timedelta(days=30))
"""Whoever was told why there is no order has seen it by then, and their sale is long over. All other holds have an
order, and are there as long as it is."""
