"""A payment: one attempt to have something paid through one channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chengtuan.kernel.state_machine import StateMachine
from chengtuan.modules.payments.facade import PaymentRequest, PaymentState, PaymentStatus


class Channel(StrEnum):
    H5 = "wechat_h5"
    JSAPI = "wechat_jsapi"


class PaymentAction(StrEnum):
    SUCCEED = "succeed"
    CLOSE = "close"


PAYMENT_STATES = StateMachine(
    {
        # money that arrives after the close is still money: it is recorded and can be returned
        PaymentAction.SUCCEED: ({PaymentStatus.PENDING, PaymentStatus.CLOSED}, PaymentStatus.PAID),
        PaymentAction.CLOSE: ({PaymentStatus.PENDING}, PaymentStatus.CLOSED),
    }
)

_SHORTEST_LIFE = timedelta(seconds=61)
"""The provider advises against less than a minute (field time_expire). We close earlier where we must."""
_TICKET_VALID = {
    # the provider's five minutes and two hours, less the time to get there
    Channel.H5: timedelta(minutes=4, seconds=30),
    Channel.JSAPI: timedelta(minutes=115),
}


@dataclass(frozen=True, kw_only=True)
class Payment:
    """`ticket` is what the provider handed out at `ticket_at`: a prepay_id or an H5 cashier URL.

    As stored it has `payer_openid_sealed`; opened (`rows.sealing`) it has `payer_openid` instead.
    """

    id: UUID
    payable_id: UUID
    user_id: UUID
    request_id: UUID
    channel: Channel
    out_trade_no: str
    amount_fen: int
    description: str
    status: PaymentStatus
    payer_openid: str | None
    payer_openid_sealed: bytes | None = None
    ticket: str | None
    ticket_at: datetime | None
    transaction_id: str | None
    paid_at: datetime | None
    expires_at: datetime
    created_at: datetime

    def __post_init__(self) -> None:
        """Rows bring plain strings."""
        object.__setattr__(self, "status", PaymentStatus(self.status))
        object.__setattr__(self, "channel", Channel(self.channel))

    @property
    def pending(self) -> bool:
        return self.status is PaymentStatus.PENDING

    @property
    def provider_expiry(self) -> datetime:
        """When the provider lets it lapse by itself: our expiry, or a little later where that is very soon.

        Counted from the row's time and not from now: an announcement that is repeated must say the same.
        """
        return max(self.expires_at, self.created_at + _SHORTEST_LIFE)

    def valid_ticket(self, now: datetime) -> str | None:
        """The hand-over that still works, or None if the provider must be asked for another."""
        if self.ticket is None or self.ticket_at is None:
            return None
        return self.ticket if now < self.ticket_at + _TICKET_VALID[self.channel] else None


@dataclass(frozen=True, slots=True)
class Opening:
    """A wish to pay. `fresh` is the payment as it would be new, on a payable that would be new as well."""

    request: PaymentRequest
    fresh: Payment


def out_trade_no_of(payment_id: UUID) -> str:
    """Our number at the provider: 32 characters, the same on every retry."""
    return payment_id.hex


def state_of(payments: list[Payment], *, closed_for_good: bool = False) -> PaymentState:
    """How something stands, from all its payments: the earliest success, else what is still possible."""
    paid = [payment for payment in payments if payment.status is PaymentStatus.PAID]
    if paid:
        return _paid_state(min(paid, key=lambda payment: (payment.paid_at, payment.id)))
    if any(payment.pending for payment in payments):
        return PaymentState(status=PaymentStatus.PENDING)
    if payments or closed_for_good:
        return PaymentState(status=PaymentStatus.CLOSED)
    return PaymentState(status=PaymentStatus.NONE)


def _paid_state(payment: Payment) -> PaymentState:
    return PaymentState(
        status=PaymentStatus.PAID,
        amount_fen=payment.amount_fen,
        paid_at=payment.paid_at,
        transaction_id=payment.transaction_id,
        out_trade_no=payment.out_trade_no,
        payer_openid=payment.payer_openid,
        channel=payment.channel,
    )
