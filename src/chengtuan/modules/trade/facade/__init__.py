"""The only part of `trade` that other modules may import."""

from chengtuan.modules.trade.facade.contracts import GroupMember, LinkCard, LinkProgress, OrderSnapshot
from chengtuan.modules.trade.facade.events import (
    GroupFailed,
    GroupFormed,
    OrderReadyToShip,
    OrderShipped,
    ParcelCorrected,
    RefundCompleted,
    RefundPlanned,
)
from chengtuan.modules.trade.facade.interface import TradeFacade
from chengtuan.modules.trade.facade.problems import OrderNotFound, WrongOrderState

__all__ = [
    "GroupFailed",
    "GroupFormed",
    "GroupMember",
    "LinkCard",
    "LinkProgress",
    "OrderNotFound",
    "OrderReadyToShip",
    "OrderShipped",
    "OrderSnapshot",
    "ParcelCorrected",
    "RefundCompleted",
    "RefundPlanned",
    "TradeFacade",
    "WrongOrderState",
]
