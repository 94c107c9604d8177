"""What is refunded, and under which number."""

from typing import Protocol
from uuid import UUID

from chengtuan.modules.trade.states import RefundReason


class PaidOrder(Protocol):
    """An order whose buyer gets money back."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> str: ...
    @property
    def user_id(self) -> UUID: ...
    @property
    def merchant_id(self) -> UUID: ...
    @property
    def product_name(self) -> dict[str, str]: ...


_REASON_LETTERS = {
    RefundReason.GROUP_FAILED: "F",
    RefundReason.LADDER_DIFFERENCE: "D",
    RefundReason.INITIATOR_PERK: "P",
    RefundReason.LATE_PAYMENT: "L",
    RefundReason.CANCELLED: "C",
}


def refund_number(order: str, reason: RefundReason, sequence: int) -> str:
    """The provider's out_refund_no: at most 64 letters and digits.

    Derived, never random: a retry gives the same one.
    """
    return f"R{order}{_REASON_LETTERS[reason]}{sequence:02d}"
