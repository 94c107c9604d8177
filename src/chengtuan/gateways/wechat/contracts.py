"""What is asked of WeChat and what it answers. Money is integer fen; times are aware and in UTC."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order to be paid. JSAPI needs `openid`, H5 needs `client_ip` (the payer's, as our server saw it)."""

    out_trade_no: str
    description: str
    amount_fen: int
    time_expire: datetime
    openid: str | None = None
    client_ip: str | None = None
    attach: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the partner would refuse, before anything is sent."""
        if not _OUT_TRADE_NO.fullmatch(self.out_trade_no):
            raise ValueError(f"out_trade_no has 6 to 32 of 0-9 A-Z a-z _ - | *: {self.out_trade_no!r}")
        if self.amount_fen < 1:
            raise ValueError("an order costs at least 1 fen")
        if self.time_expire.tzinfo is None:
            raise ValueError("time_expire must be aware")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsapiInvocation:
    """The arguments of `wx.requestPayment`; every value is a string, the time too."""

    app_id: str
    time_stamp: str
    nonce_str: str
    package: str
    pay_sign: str
    sign_type: str = "RSA"

    def as_dict(self) -> dict[str, str]:
        return {
            "appId": self.app_id,
            "timeStamp": self.time_stamp,
            "nonceStr": self.nonce_str,
            "package": self.package,
            "signType": self.sign_type,
            "paySign": self.pay_sign,
        }


class TradeState(StrEnum):
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    NOTPAY = "NOTPAY"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A payment as the provider sees it. `amount_fen` is the order's total, None while it is unpaid."""

    out_trade_no: str
    state: TradeState
    mchid: str
    appid: str
    transaction_id: str | None = None
    trade_type: str | None = None
    amount_fen: int | None = None
    currency: str | None = None
    payer_openid: str | None = None
    success_time: datetime | None = None
    attach: str | None = None

    @property
    def paid(self) -> bool:
        """Whether money arrived, even if some of it went back since."""
        return self.state in (TradeState.SUCCESS, TradeState.REFUND)


class RefundStatus(StrEnum):
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    PROCESSING = "PROCESSING"
    ABNORMAL = "ABNORMAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund as the provider sees it; PROCESSING is accepted, not done.

    `created_at` is when it was accepted; notices do not tell it.
    """

    out_refund_no: str
    refund_id: str
    out_trade_no: str
    transaction_id: str
    status: RefundStatus
    amount_fen: int
    total_fen: int
    currency: str | None = None
    created_at: datetime | None = None
    success_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionNotice:
    """TRANSACTION.*. The same `notice_id` may arrive again, even a second later."""

    notice_id: str
    event_type: str
    created_at: datetime
    transaction: Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNotice:
    """REFUND.*. It may arrive before the answer to the refund request."""

    notice_id: str
    event_type: str
    created_at: datetime
    refund: RefundState
