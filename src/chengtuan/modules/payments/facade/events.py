"""What payments tells the modules above it.

Each is about one subject of one purpose: whoever owns that purpose acts on it, all others leave it alone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(Event, name="payments.payment_succeeded.v2", key="subject_id"):
    """Money arrived. Once per payment and share: what is paid twice, by two channels, brings two events.

    `amount_fen` is what was paid for this subject; the payment may have others beside it. `instalment` is that of its
    payable. `paid_at` is the provider's time of success; it decides whether the payment was in time.
    """

    payment_id: UUID
    purpose: str
    subject_id: UUID
    instalment: int
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundSucceeded(Event, name="payments.refund_succeeded.v2", key="subject_id"):
    """The provider confirmed that the money is back."""

    refund_id: UUID
    purpose: str
    subject_id: UUID
    amount_fen: int
    succeeded_at: datetime


@dataclass(frozen=True, kw_only=True)
class RefundAbnormal(Event, name="payments.refund_abnormal.v2", key="subject_id"):
    """The provider cannot return the money by itself; a person has to look. Again if the cause changes.

    `trouble` says what a person has to do: `refused` (repair what the provider complains about), `closed`
    (it gave up; ask again), `failed` (decide at the merchant platform where the money goes), `lost` (ask
    again), `too_many` or `too_old` (pay the shopper by another way). `reason` has the provider's own code
    and words.
    """

    refund_id: UUID
    purpose: str
    subject_id: UUID
    trouble: str
    reason: str
