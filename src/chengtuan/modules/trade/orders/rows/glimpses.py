"""Orders with what belongs to them, its sealed fields closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.trade.orders.rows.lines import ADJUSTMENTS_OF_ORDERS, LINES_OF_ORDERS, AdjustmentRow, OrderLine
from chengtuan.modules.trade.orders.rows.views import SELECT, OrderView
from chengtuan.modules.trade.orders.rules.title import title_of
from chengtuan.modules.trade.refunds.rows import OF_ORDERS, Refund
from chengtuan.platform.database import ReadSession, ViewSession


@dataclass(frozen=True, slots=True)
class Glimpse:
    """An order with its lines, what made them dearer or cheaper, and its refunds; each in its order."""

    order: OrderView
    lines: Sequence[OrderLine]
    adjustments: Sequence[AdjustmentRow]
    refunds: Sequence[Refund]

    @property
    def product_name(self) -> dict[str, str]:
        return title_of([line.product_name for line in self.lines])


async def find_glimpses(db: ReadSession, order_ids: Sequence[UUID]) -> list[Glimpse]:
    """Orders of anybody, in one round trip."""
    ids = (list(order_ids),)
    orders, *parts = await db.fetch_each((OrderView, SELECT + " where o.id = any(%s)", ids), *_parts(ids))
    return _whole(orders, parts)


async def glimpses_of(db: ViewSession, orders: Sequence[OrderView]) -> list[Glimpse]:
    """The same of orders that were read."""
    if not orders:
        return []
    return _whole(orders, await db.fetch_each(*_parts(([order.id for order in orders],))))


def _parts(ids: tuple[list[UUID]]) -> list[tuple[type[Any], LiteralString, tuple[list[UUID]]]]:
    return [
        (OrderLine, LINES_OF_ORDERS, ids),
        (AdjustmentRow, ADJUSTMENTS_OF_ORDERS, ids),
        (Refund, OF_ORDERS, ids),
    ]


def _whole(orders: Sequence[OrderView], parts: Sequence[Sequence[Any]]) -> list[Glimpse]:
    lines, adjustments, refunds = (_by_order(rows) for rows in parts)
    return [
        Glimpse(order, lines.get(order.id, []), adjustments.get(order.id, []), refunds.get(order.id, []))
        for order in orders
    ]


def _by_order(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found
