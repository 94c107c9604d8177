"""What orders are of: lines, what made them dearer or cheaper, and instalments. Written once, with the order.

Only `sent` changes, with each parcel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Amounts in fen, as in the table."""

    order_id: UUID
    line: int
    product_id: UUID
    sku_id: UUID
    product_name: dict[str, str]
    sku_name: dict[str, str]
    image_url: str
    quantity: int
    list_unit_fen: int
    unit_fen: int
    goods_fen: int
    off_fen: int
    payable_fen: int
    tier_prices_fen: Sequence[int]
    sent: int = 0

    @property
    def left(self) -> int:
        """Pieces that no parcel has."""
        return self.quantity - self.sent


LINES: LiteralString = (
    "select order_id, line, product_id, sku_id, product_name, sku_name, image_url, quantity, list_unit_fen, unit_fen,"
    " goods_fen, off_fen, payable_fen, tier_prices_fen, sent from order_line"
)
LINES_OF_ORDERS: LiteralString = LINES + " where order_id = any(%s) order by order_id, line"


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    order_id: UUID
    seq: int
    line: int | None
    kind: str
    source_id: UUID | None
    rule: Mapping[str, Any]
    amount_fen: int
    borne_by: str


ADJUSTMENTS_OF_ORDERS: LiteralString = (
    "select order_id, seq, line, kind, source_id, rule, amount_fen, borne_by from order_adjustment"
    " where order_id = any(%s) order by order_id, seq"
)


async def adjustments_of(tx: WriteSession, order_ids: Sequence[UUID]) -> list[AdjustmentRow]:
    return await tx.fetch_all(AdjustmentRow, ADJUSTMENTS_OF_ORDERS, (list(order_ids),))


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of what an order costs; `payment_id` is the payment that counted for it."""

    order_id: UUID
    seq: int
    payable_fen: int
    payment_id: UUID | None


INSTALMENTS: LiteralString = "select order_id, seq, payable_fen, payment_id from instalment"
INSTALMENTS_OF_ORDERS: LiteralString = INSTALMENTS + " where order_id = any(%s) order by order_id, seq"
