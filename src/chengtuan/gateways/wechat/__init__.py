"""Clients for WeChat Pay v3 and the mini-program server interfaces. Everything public is named here."""

from .config import MiniProgramConfig, WeChatPayConfig
from .contracts import (
    JsapiInvocation,
    OrderRequest,
    RefundNotice,
    RefundState,
    RefundStatus,
    TradeState,
    Transaction,
    TransactionNotice,
)
from .errors import (
    AlreadyPaid,
    CallbackRejected,
    ConsentMissing,
    FrequencyLimited,
    LoginCodeRefused,
    MiniProgramRefused,
    NotFound,
    OrderClosed,
    PaymentInProgress,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedAnswer,
    WeChatError,
)
from .miniprogram import MiniProgram
from .miniprogram_contracts import PhoneNumber, ShippingItem, ShippingUpload, WeChatSession
from .pay import WeChatPay

__all__ = [
    "AlreadyPaid",
    "CallbackRejected",
    "ConsentMissing",
    "FrequencyLimited",
    "JsapiInvocation",
    "LoginCodeRefused",
    "MiniProgram",
    "MiniProgramConfig",
    "MiniProgramRefused",
    "NotFound",
    "OrderClosed",
    "OrderRequest",
    "PaymentInProgress",
    "PhoneNumber",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundNotice",
    "RefundState",
    "RefundStatus",
    "ShippingItem",
    "ShippingUpload",
    "TradeState",
    "Transaction",
    "TransactionNotice",
    "UntrustedAnswer",
    "WeChatError",
    "WeChatPay",
    "WeChatPayConfig",
    "WeChatSession",
]
