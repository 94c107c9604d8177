from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaymentStatus(StrEnum):
    NONE = "none"
    """Nobody tried to pay."""
    PENDING = "pending"
    PAID = "paid"
    CLOSED = "closed"
    """Can no longer be paid."""


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
    """How an order's payment stands. `paid_at` is the provider's time of success, UTC.

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
    """Why an order's worth differs from what was paid for it. Each has its opposite, for returned orders."""

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
