"""Orders: conditional changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.orders.rows.lines import (
    INSTALMENTS,
    INSTALMENTS_OF_ORDERS,
    LINES,
    LINES_OF_ORDERS,
    Instalment,
    OrderLine,
)
from chengtuan.modules.trade.orders.rules.title import title_of
from chengtuan.modules.trade.states import ORDER, CancelReason, OrderAction
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.modules.trade.topics import offer_topic, order_topic
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(slots=True)
class OrderRow:
    """What use cases need of an order, with its lines and instalments."""

    id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    kind: str
    status: str
    activity_id: UUID | None
    group_id: UUID | None
    off_fen: int
    freight_fen: int
    payable_fen: int
    paid_fen: int
    refund_planned_fen: int
    paid_at: datetime | None
    parcels: int
    address_sealed: bytes
    lines: list[OrderLine] = field(default_factory=list)
    instalments: list[Instalment] = field(default_factory=list)
    payment_id: UUID | None = None
    """The payment that counted; None while nothing is paid."""

    @property
    def product_name(self) -> dict[str, str]:
        """What it is called where there is room for one line."""
        return title_of([line.product_name for line in self.lines])

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def left(self) -> int:
        """Pieces that no parcel has."""
        return sum(line.left for line in self.lines)


_COLUMNS = (
    "id, number, user_id, merchant_id, kind, status, activity_id, group_id, off_fen, freight_fen,"
    " payable_fen, paid_fen,"
    " refund_planned_fen, paid_at, parcels, address_sealed"
)
_SELECT = f"select {_COLUMNS} from shop_order"
_FIND = f"{_SELECT} where id = any(%s)"
_LOCK = f"{_SELECT} where id = any(%s) order by id for update"
_IN_GROUPS = "group_id = any(%s) and status = any(%s)"
_LOCK_GROUP = f"{_SELECT} where {_IN_GROUPS} order by id for update"
_OF_GROUP = f" where order_id in (select id from shop_order where {_IN_GROUPS}) order by order_id"
_LINES_OF_GROUP = f"{LINES}{_OF_GROUP}, line"
_INSTALMENTS_OF_GROUP = f"{INSTALMENTS}{_OF_GROUP}, seq"


def holdings_of(orders: Iterable[OrderRow]) -> list[Holding]:
    """What these orders hold of stock and caps until that ends."""
    return [
        Holding(order.id, line.line, line.sku_id, line.quantity, order.activity_id)
        for order in orders
        for line in order.lines
    ]


async def find_order(db: ReadSession | WriteSession, order_id: UUID) -> OrderRow | None:
    return (await _by_ids(db, _FIND, [order_id])).get(order_id)


async def _by_ids(db: ReadSession | WriteSession, sql: LiteralString, ids: Sequence[UUID]) -> dict[UUID, OrderRow]:
    if not ids:
        return {}
    params = (list(ids),)
    orders, lines, instalments = await db.fetch_each(
        (OrderRow, sql, params),
        (OrderLine, LINES_OF_ORDERS, params),
        (Instalment, INSTALMENTS_OF_ORDERS, params),
    )
    return _whole(orders, lines, instalments)


def _whole(
    orders: Sequence[OrderRow], lines: Sequence[OrderLine], instalments: Sequence[Instalment]
) -> dict[UUID, OrderRow]:
    by_id = {order.id: order for order in orders}
    for line in lines:
        if order := by_id.get(line.order_id):
            order.lines.append(line)
    for instalment in instalments:
        if order := by_id.get(instalment.order_id):
            order.instalments.append(instalment)
            order.payment_id = order.payment_id or instalment.payment_id
    return by_id


async def groups_of_orders(db: WriteSession, order_ids: Sequence[UUID]) -> set[UUID]:
    """Which groups to lock before these orders."""
    rows = await db.fetch_tuples(
        "select distinct group_id from shop_order where id = any(%s) and group_id is not null",
        (list(order_ids),),
    )
    return {row[0] for row in rows}


async def lock_orders(tx: WriteSession, order_ids: Sequence[UUID]) -> dict[UUID, OrderRow]:
    taken(tx, Lock.ORDER, order_ids)
    return await _by_ids(tx, _LOCK, order_ids)


async def lock_orders_of_groups(tx: WriteSession, group_ids: Sequence[UUID], action: OrderAction) -> list[OrderRow]:
    """The groups' orders on which the action is possible, locked."""
    params = (list(group_ids), ORDER.sources(action))
    orders, lines, instalments = await tx.fetch_each(
        (OrderRow, _LOCK_GROUP, params),
        (OrderLine, _LINES_OF_GROUP, params),
        (Instalment, _INSTALMENTS_OF_GROUP, params),
    )
    taken(tx, Lock.ORDER, (order.id for order in orders))
    return list(_whole(orders, lines, instalments).values())


@dataclass(frozen=True, slots=True)
class CountedPayment:
    """A payment that counts for instalment `seq`. With `action` it was the last that its order waited for."""

    order_id: UUID
    seq: int
    action: OrderAction | None
    payment_id: UUID
    amount_fen: int
    paid_at: datetime


async def record_payments(tx: WriteSession, payments: Sequence[CountedPayment]) -> None:
    """Record payments that count, in the order and in the instalment that each names."""
    now = tx.clock.now()
    tx.touch(*(order_topic(each.order_id) for each in payments if each.action))
    await tx.execute_many(
        "update shop_order set status = coalesce(%s, status), paid_fen = paid_fen + %s, paid_at = %s, ready_at = %s"
        " where id = %s and status = any(%s)",
        [
            (
                ORDER.target(each.action) if each.action else None,
                each.amount_fen,
                each.paid_at if each.action else None,
                now if each.action is OrderAction.PAY_SOLO else None,
                each.order_id,
                ORDER.sources(each.action or OrderAction.PAY_SOLO),
            )
            for each in payments
        ],
    )
    if payments:
        await tx.execute(
            "update instalment i set payment_id = new.payment_id, paid_fen = i.payable_fen, paid_at = new.paid_at"
            " from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::timestamptz[])"
            " as new(order_id, seq, payment_id, paid_at)"
            " where i.order_id = new.order_id and i.seq = new.seq",
            (
                [each.order_id for each in payments],
                [each.seq for each in payments],
                [each.payment_id for each in payments],
                [each.paid_at for each in payments],
            ),
        )


async def record_stray_money(tx: WriteSession, order_id: UUID, amount_fen: int) -> None:
    """Record money that does not buy anything and will be returned."""
    await tx.execute("update shop_order set paid_fen = paid_fen + %s where id = %s", (amount_fen, order_id))


async def make_ready(tx: WriteSession, order_ids: Sequence[UUID], now: datetime) -> None:
    """Their group formed."""
    await tx.execute(
        "update shop_order set status = %s, ready_at = %s where id = any(%s) and status = any(%s)",
        (ORDER.target(OrderAction.FORM), now, list(order_ids), ORDER.sources(OrderAction.FORM)),
    )


async def call_off(
    tx: WriteSession, order_ids: Sequence[UUID], now: datetime, reason: CancelReason | None = None
) -> None:
    """Their group failed, or the buyer left it (`reason`); everything goes back."""
    if not order_ids:
        return
    await tx.execute(
        "update shop_order set status = %s, cancelled_at = %s, cancel_reason = %s"
        " where id = any(%s) and status = any(%s)",
        (ORDER.target(OrderAction.CALL_OFF), now, reason, list(order_ids), ORDER.sources(OrderAction.CALL_OFF)),
    )


async def cancel(tx: WriteSession, order_id: UUID, reason: CancelReason, now: datetime) -> bool:
    """False if the order was paid or cancelled before."""
    tx.touch(order_topic(order_id))
    return (
        await tx.execute(
            "update shop_order set status = %s, cancel_reason = %s, cancelled_at = %s"
            " where id = %s and status = any(%s)",
            (ORDER.target(OrderAction.CANCEL), reason, now, order_id, ORDER.sources(OrderAction.CANCEL)),
        )
        == 1
    )


async def complete(tx: WriteSession, order_id: UUID, now: datetime) -> bool:
    return (
        await tx.execute(
            "update shop_order set status = %s, completed_at = %s where id = %s and status = any(%s)",
            (ORDER.target(OrderAction.COMPLETE), now, order_id, ORDER.sources(OrderAction.COMPLETE)),
        )
        == 1
    )


async def add_sold(tx: WriteSession, sold: dict[UUID, int]) -> None:
    """Add really paid units to their products' shelves."""
    taken(tx, Lock.LISTING, sold)
    tx.touch(*map(offer_topic, sold))
    await tx.execute_many(
        "update listing set sold = sold + %s where product_id = %s",
        [(quantity, product_id) for product_id, quantity in sorted(sold.items())],
    )
