"""Numbers that people read out and partners keep. Derived, never random: a retry gives the same one."""

from datetime import datetime
from uuid import UUID

from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.trade.domain.states import RefundReason

_REASON_LETTERS = {
    RefundReason.GROUP_FAILED: "F",
    RefundReason.LADDER_DIFFERENCE: "D",
    RefundReason.INITIATOR_PERK: "P",
    RefundReason.LATE_PAYMENT: "L",
    RefundReason.CANCELLED: "C",
}


def order_number(order_id: UUID, made_at: datetime) -> str:
    """The day in Shanghai and 14 digits of the order's id."""
    return f"{made_at.astimezone(SHANGHAI):%Y%m%d}{order_id.int % 10**14:014d}"


def refund_number(order: str, reason: RefundReason, sequence: int) -> str:
    """The provider's out_refund_no: at most 64 letters and digits."""
    return f"R{order}{_REASON_LETTERS[reason]}{sequence:02d}"
