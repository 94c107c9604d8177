"""What payments tells the modules above it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(Event, name="payments.payment_succeeded.v1", key="order_id"):
    """Money arrived. Once per payment: an order paid twice by two channels brings two events.

    `paid_at` is the provider's time of success; it decides whether the payment was in time.
    """

    payment_id: UUID
    order_id: UUID
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundSucceeded(Event, name="payments.refund_succeeded.v1", key="order_id"):
    """The provider confirmed that the money is back."""

    refund_id: UUID
    order_id: UUID
    amount_fen: int
    succeeded_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundAbnormal(Event, name="payments.refund_abnormal.v1", key="order_id"):
    """The provider cannot return the money by itself; a person has to look. Again if the cause changes.

    `trouble` says what a person has to do: `refused` (repair what the provider complains about), `closed`
    (it gave up; ask again), `failed` (decide at the merchant platform where the money goes), `lost` (ask
    again), `too_many` or `too_old` (pay the shopper by another way). `reason` has the provider's own code
    and words.
    """

    refund_id: UUID
    order_id: UUID
    trouble: str
    reason: str
