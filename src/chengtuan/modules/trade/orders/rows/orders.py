"""Orders: conditional changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.states import ORDER, CancelReason, OrderAction
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(slots=True)
class OrderRow:
    """What use cases need of an order."""

    id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    status: str
    campaign_id: UUID | None
    group_id: UUID | None
    product_id: UUID
    sku_id: UUID
    product_name: dict[str, str]
    quantity: int
    unit_price_fen: int
    tier_prices_fen: list[int]
    payable_fen: int
    paid_fen: int
    refund_planned_fen: int
    payment_id: UUID | None
    pay_before: datetime
    paid_at: datetime | None
    carrier_code: str | None
    tracking_no: str | None
    address_sealed: bytes


_COLUMNS = (
    "id, number, user_id, merchant_id, status, campaign_id, group_id, product_id, sku_id, product_name, quantity,"
    " unit_price_fen, tier_prices_fen, payable_fen, paid_fen, refund_planned_fen, payment_id, pay_before, paid_at,"
    " carrier_code, tracking_no, address_sealed"
)
_SELECT = f"select {_COLUMNS} from shop_order"  # noqa: S608
_LOCK = f"{_SELECT} where id = any(%s) order by id for update"
_LOCK_GROUP = f"{_SELECT} where group_id = any(%s) and status = any(%s) order by id for update"
_FIND = f"{_SELECT} where id = %s"
_PARCEL = (
    # from now on the order is found by this number, too
    "insert into order_parcel (tracking_no, merchant_id, order_id) select %s, merchant_id, id from shop_order"
    " where id = %s on conflict do nothing"
)


def holdings_of(orders: Iterable[OrderRow]) -> list[Holding]:
    """What these orders hold of stock and caps until that ends."""
    return [Holding(order.id, 1, order.sku_id, order.quantity, order.campaign_id) for order in orders]


async def find_order(db: ReadSession | WriteSession, order_id: UUID) -> OrderRow | None:
    return await db.fetch_one(OrderRow, _FIND, (order_id,))


async def groups_of_orders(db: WriteSession, order_ids: Sequence[UUID]) -> set[UUID]:
    """Which groups to lock before these orders."""
    rows = await db.fetch_tuples(
        "select distinct group_id from shop_order where id = any(%s) and group_id is not null",
        (list(order_ids),),
    )
    return {row[0] for row in rows}


async def lock_orders(tx: WriteSession, order_ids: Sequence[UUID]) -> dict[UUID, OrderRow]:
    rows = await tx.fetch_all(OrderRow, _LOCK, (list(order_ids),))
    return {row.id: row for row in rows}


async def lock_orders_of_groups(tx: WriteSession, group_ids: Sequence[UUID], action: OrderAction) -> list[OrderRow]:
    """The groups' orders on which the action is possible, locked."""
    return await tx.fetch_all(OrderRow, _LOCK_GROUP, (list(group_ids), ORDER.sources(action)))


async def take_payments(
    tx: WriteSession, taken: Sequence[tuple[UUID, OrderAction, int, datetime, UUID, datetime | None]]
) -> None:
    """Record payments that count: (order, action, fen, paid at, payment, ready at)."""
    await tx.execute_many(
        "update shop_order set status = %s, paid_fen = %s, paid_at = %s, payment_id = %s, ready_at = %s"
        " where id = %s and status = any(%s)",
        [
            (ORDER.target(action), fen, paid_at, payment_id, ready_at, order_id, ORDER.sources(action))
            for order_id, action, fen, paid_at, payment_id, ready_at in taken
        ],
    )


async def take_stray_money(tx: WriteSession, order_id: UUID, amount_fen: int) -> None:
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
    await tx.execute(
        "update shop_order set status = %s, cancelled_at = %s, cancel_reason = %s"
        " where id = any(%s) and status = any(%s)",
        (ORDER.target(OrderAction.CALL_OFF), now, reason, list(order_ids), ORDER.sources(OrderAction.CALL_OFF)),
    )


async def cancel(tx: WriteSession, order_id: UUID, reason: CancelReason, now: datetime) -> bool:
    """False if the order was paid or cancelled before."""
    return (
        await tx.execute(
            "update shop_order set status = %s, cancel_reason = %s, cancelled_at = %s"
            " where id = %s and status = any(%s)",
            (ORDER.target(OrderAction.CANCEL), reason, now, order_id, ORDER.sources(OrderAction.CANCEL)),
        )
        == 1
    )


async def ship(tx: WriteSession, order_id: UUID, carrier_code: str, tracking_no: str, at: datetime) -> bool:
    shipped = await tx.execute(
        "update shop_order set status = %s, carrier_code = %s, tracking_no = %s, shipped_at = %s"
        " where id = %s and status = any(%s)",
        (ORDER.target(OrderAction.SHIP), carrier_code, tracking_no, at, order_id, ORDER.sources(OrderAction.SHIP)),
    )
    if shipped:
        await tx.execute(_PARCEL, (tracking_no, order_id))
    return shipped == 1


async def correct_parcel(tx: WriteSession, order_id: UUID, carrier_code: str, tracking_no: str) -> bool:
    """The parcel's number was a mistake. False if it is this one already, or there is no parcel."""
    corrected = await tx.execute(
        "update shop_order set carrier_code = %s, tracking_no = %s"
        " where id = %s and shipped_at is not null and (carrier_code, tracking_no) is distinct from (%s, %s)",
        (carrier_code, tracking_no, order_id, carrier_code, tracking_no),
    )
    if corrected:
        await tx.execute(_PARCEL, (tracking_no, order_id))
    return corrected == 1


async def complete(tx: WriteSession, order_id: UUID, now: datetime) -> bool:
    return (
        await tx.execute(
            "update shop_order set status = %s, completed_at = %s where id = %s and status = any(%s)",
            (ORDER.target(OrderAction.COMPLETE), now, order_id, ORDER.sources(OrderAction.COMPLETE)),
        )
        == 1
    )


async def count_sold(tx: WriteSession, sold: dict[UUID, int]) -> None:
    """Add really paid units to their products' shelves."""
    await tx.execute_many(
        "update listing set sold = sold + %s where product_id = %s",
        [(quantity, product_id) for product_id, quantity in sorted(sold.items())],
    )
