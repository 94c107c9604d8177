"""The only part of `trade` that other modules may import."""

from chengtuan.modules.trade.facade.contracts import (
    ORDER_PURPOSE,
    GroupMember,
    LinkCard,
    LinkProgress,
    OrderedLine,
    OrderSnapshot,
    payable_of,
)
from chengtuan.modules.trade.facade.events import (
    GroupFailed,
    GroupFormed,
    OrderCancelled,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderReadyToShip,
    OrderRefunded,
    OrderShipped,
    ParcelCorrected,
    RefundCompleted,
    RefundPlanned,
)
from chengtuan.modules.trade.facade.interface import TradeFacade
from chengtuan.modules.trade.facade.problems import OrderNotFound, WrongOrderState

__all__ = [
    "ORDER_PURPOSE",
    "GroupFailed",
    "GroupFormed",
    "GroupMember",
    "LinkCard",
    "LinkProgress",
    "OrderCancelled",
    "OrderCompleted",
    "OrderNotFound",
    "OrderPaid",
    "OrderPlaced",
    "OrderReadyToShip",
    "OrderRefunded",
    "OrderShipped",
    "OrderSnapshot",
    "OrderedLine",
    "ParcelCorrected",
    "RefundCompleted",
    "RefundPlanned",
    "TradeFacade",
    "WrongOrderState",
    "payable_of",
]
