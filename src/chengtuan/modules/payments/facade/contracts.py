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
