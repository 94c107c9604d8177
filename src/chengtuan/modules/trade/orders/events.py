"""What orders tell the modules above."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chengtuan.modules.trade.facade import (
    OrderCancelled,
    OrderCompleted,
    OrderedLine,
    OrderPaid,
    OrderReadyToShip,
    OrderRefunded,
)
from chengtuan.modules.trade.orders.rows.lines import OrderLine
from chengtuan.modules.trade.orders.rows.orders import OrderRow


def lines_told(lines: Iterable[OrderLine]) -> list[OrderedLine]:
    return [
        OrderedLine(
            line=line.line,
            product_id=line.product_id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            unit_fen=line.unit_fen,
            payable_fen=line.payable_fen,
        )
        for line in lines
    ]


def paid_event(order: OrderRow, paid_fen: int, paid_at: datetime) -> OrderPaid:
    return OrderPaid(
        order_id=order.id,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        campaign_id=order.activity_id,
        group_id=order.group_id,
        lines=lines_told(order.lines),
        paid_fen=paid_fen,
        paid_at=paid_at,
    )


def ready_event(order: OrderRow, now: datetime) -> OrderReadyToShip:
    return OrderReadyToShip(
        order_id=order.id,
        number=order.number,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        ready_at=now,
    )


def cancelled_events(
    orders: Sequence[OrderRow], now: datetime, *, was_paid: bool, reason: str | None
) -> list[OrderCancelled]:
    return [
        OrderCancelled(
            order_id=order.id,
            user_id=order.user_id,
            merchant_id=order.merchant_id,
            campaign_id=order.activity_id,
            group_id=order.group_id,
            lines=lines_told(order.lines),
            was_paid=was_paid,
            reason=reason,
            cancelled_at=now,
        )
        for order in orders
    ]


def completed_event(order: OrderRow, now: datetime) -> OrderCompleted:
    return OrderCompleted(
        order_id=order.id,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        campaign_id=order.activity_id,
        group_id=order.group_id,
        lines=lines_told(order.lines),
        completed_at=now,
    )


def refunded_event(order: OrderRow, refunded_at: datetime) -> OrderRefunded:
    return OrderRefunded(
        order_id=order.id,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        lines=lines_told(order.lines),
        refunded_fen=order.paid_fen,
        refunded_at=refunded_at,
    )
