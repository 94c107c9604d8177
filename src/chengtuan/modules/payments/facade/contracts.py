import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PaymentStatus(StrEnum):
    NONE = "none"
    """Nobody tried to pay."""
    PENDING = "pending"
    PAID = "paid"
    CLOSED = "closed"
    """Can no longer be paid."""


PURPOSE_FORM = "^[a-z][a-z0-9_]{0,29}[.][a-z][a-z0-9_]{0,29}$"
"""How a purpose looks: a module and what of it is paid for, "trade.order". Each belongs to the module it names."""
_PURPOSE = re.compile(PURPOSE_FORM)


def require_purpose(purpose: str) -> None:
    """Raises ValueError."""
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError(f"{purpose!r} is no purpose; one looks like 'trade.order'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """Something that somebody may pay, as the module that owns it names it.

    `subject_id` is the thing's id in that module. What is paid in parts has an `instalment` for each, counted from 1;
    what they are called, how much each is and when it is due is the owner's business.
    """

    purpose: str
    subject_id: UUID
    instalment: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError."""
        require_purpose(self.purpose)
        if not 1 <= self.instalment <= 99:
            raise ValueError("instalments are counted from 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Whose money, and for what, a part of a payment is. `subject_number` is what people call it."""

    subject_id: UUID
    subject_number: str
    merchant_id: UUID
    amount_fen: int

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if self.amount_fen <= 0:
            raise ValueError("a share has a positive amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What somebody wants to pay, and from where; `expires_at` UTC.

    `shares` add up to the amount. They have subjects of the payable's purpose: most often one, the payable's own.
    `channel` is `wechat_h5` or `wechat_jsapi` (which needs `payer_openid`). A `return_url` that is
    not the shop's is left out.
    """

    request_id: UUID
    payable: Payable
    shares: tuple[Share, ...]
    user_id: UUID
    description: str
    channel: str
    payer_openid: str | None
    client_ip: str
    return_url: str | None
    expires_at: datetime

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not self.shares or len({share.subject_id for share in self.shares}) < len(self.shares):
            raise ValueError("a payment has shares, and one of each subject")

    @property
    def amount_fen(self) -> int:
        return sum(share.amount_fen for share in self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """A sum that goes back from a payment, out of what it paid for one subject.

    `number` is the refund's own number, the same on every retry; `reason` a code.
    """

    request_id: UUID
    payment_id: UUID
    subject_id: UUID
    number: str
    amount_fen: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class WeChatInvocation:
    """The arguments of `wx.requestPayment`, with the partner's names."""

    appId: str  # noqa: N815
    timeStamp: str  # noqa: N815
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """How the shopper's device goes on to pay: a page to open, or arguments for WeChat."""

    channel: str
    redirect_url: str | None
    jsapi: WeChatInvocation | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentState:
    """How the payment of something stands. `paid_at` is the provider's time of success, UTC.

    `transaction_id` is the provider's number, `out_trade_no` ours; both are set once it is paid.
    `channel` is the one that it was paid through: `payer_openid` belongs to that channel's application.
    """

    status: PaymentStatus
    amount_fen: int = 0
    paid_at: datetime | None = None
    transaction_id: str | None = None
    out_trade_no: str | None = None
    payer_openid: str | None = None
    channel: str | None = None


class AllowanceKind(StrEnum):
    """Why something's worth differs from what was paid for it. Each has its opposite, for what is returned."""

    MERCHANT_DISCOUNT = "merchant_discount"
    """The merchant gives it away: a coupon of its own, a discount."""
    MERCHANT_DISCOUNT_REVERSED = "merchant_discount_reversed"
    SUBSIDY = "subsidy"
    """The platform adds it, and the merchant is owed it."""
    SUBSIDY_REVERSED = "subsidy_reversed"
    POINTS_REDEEMED = "points_redeemed"
    """The shopper paid it with points; the platform bears it."""
    POINTS_RETURNED = "points_returned"
    COMMISSION_EARNED = "commission_earned"
    """An inviter's share of the sale, taken from what the merchant is owed."""
    COMMISSION_VOIDED = "commission_voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """`amount_fen` > 0: the kind says in which direction it goes."""

    kind: AllowanceKind
    amount_fen: int

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if self.amount_fen <= 0:
            raise ValueError("an allowance has a positive amount; its kind says where to")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceRequest:
    """What somebody adds to the worth of one subject, all of it a merchant's; lines of one kind add up."""

    request_id: UUID
    purpose: str
    subject_id: UUID
    merchant_id: UUID
    allowances: tuple[Allowance, ...]

    def __post_init__(self) -> None:
        """Raises ValueError."""
        require_purpose(self.purpose)
