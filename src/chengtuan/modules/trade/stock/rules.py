"""What changes stock, and when a change is refused."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.problems import InvalidRequest
from chengtuan.modules.trade.problems import StockMoved, StockTooLow

MAX_UNITS = 10_000_000
"""Nobody has more of anything."""


class Reason(StrEnum):
    """Why stock changed."""

    OPENING = "opening"
    """What was there before the ledger tells everything."""
    RECEIVED = "received"
    RETURNED = "returned"
    DAMAGED = "damaged"
    LOST = "lost"
    COUNTED = "counted"
    OTHER = "other"
    RESERVED = "reserved"
    SHIPPED = "shipped"
    RELEASED = "released"
    SET_ASIDE = "set_aside"
    """Kept for a flash sale: only its orders are made of it."""
    PUT_BACK = "put_back"
    """Of no flash sale any more: free, or taken by the order that has it now."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A line of an order that holds units of one variant, and as many of its activity's cap."""

    order_id: UUID
    line: int
    sku_id: UUID
    quantity: int
    activity_id: UUID | None


@dataclass(frozen=True, slots=True)
class Allotment:
    """Units of one variant that are set aside for a flash sale, or put back (below zero)."""

    id: UUID
    sku_id: UUID
    units: int


@dataclass(frozen=True, slots=True)
class Stock:
    """Units of one variant: in the house, and of those free or held by orders."""

    sku_id: UUID
    on_hand: int
    available: int
    reserved: int


def units_moved(stock: Stock, delta: int) -> int:
    """So many units come in, or go out below zero. Raises StockTooLow, InvalidRequest."""
    if stock.on_hand + delta > MAX_UNITS:
        raise InvalidRequest(errors=[{"path": "delta", "message": "too many units", "code": "less_than_equal"}])
    if stock.available + delta < 0:
        raise StockTooLow(reserved=stock.reserved)
    return delta


def units_counted(stock: Stock, on_hand: int, *, expected: int) -> int:
    """How many more there are than the books say. Raises StockMoved, StockTooLow."""
    if stock.on_hand == on_hand:
        return 0
    if stock.on_hand != expected:
        raise StockMoved(expected=expected, on_hand=stock.on_hand, reserved=stock.reserved)
    if on_hand < stock.reserved:
        raise StockTooLow(reserved=stock.reserved)
    return on_hand - stock.on_hand
