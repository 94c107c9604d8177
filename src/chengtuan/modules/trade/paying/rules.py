"""Does a payment count? Decided by the provider's time of success, never by when we heard of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.money import Fen
from chengtuan.modules.trade.states import GroupStatus, OrderStatus


class PaymentVerdict(StrEnum):
    COUNTS = "counts"
    KNOWN = "known"
    """The same payment was taken before."""
    DUPLICATE = "duplicate"
    """The order was paid already, by another payment."""
    ORDER_CLOSED = "order_closed"
    AFTER_DEADLINE = "after_deadline"
    GROUP_ENDED = "group_ended"
    WRONG_AMOUNT = "wrong_amount"

    @property
    def returns_money(self) -> bool:
        return self not in (PaymentVerdict.COUNTS, PaymentVerdict.KNOWN)


def judge_payment(
    *,
    payment_id: UUID,
    amount_fen: Fen,
    paid_at: datetime,
    order_status: str,
    order_payment_id: UUID | None,
    payable_fen: Fen,
    group_status: str | None,
    deadline: datetime | None,
) -> PaymentVerdict:
    """`group_status` and `deadline` are None for an order without a group; a draft has no deadline yet."""
    if order_payment_id is not None:
        return PaymentVerdict.KNOWN if order_payment_id == payment_id else PaymentVerdict.DUPLICATE
    if order_status != OrderStatus.PENDING_PAYMENT:
        return PaymentVerdict.ORDER_CLOSED
    if amount_fen != payable_fen:
        return PaymentVerdict.WRONG_AMOUNT
    if group_status in (GroupStatus.SUCCEEDED, GroupStatus.FAILED):
        return PaymentVerdict.GROUP_ENDED
    if deadline is not None and paid_at >= deadline:
        return PaymentVerdict.AFTER_DEADLINE
    return PaymentVerdict.COUNTS
