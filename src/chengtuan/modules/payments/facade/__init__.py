"""The only part of `payments` that other modules may import."""

from chengtuan.modules.payments.facade.contracts import (
    Allowance,
    AllowanceKind,
    AllowanceRequest,
    HandOver,
    Payable,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    RefundRequest,
    Share,
    WeChatInvocation,
)
from chengtuan.modules.payments.facade.events import PaymentSucceeded, RefundAbnormal, RefundSucceeded
from chengtuan.modules.payments.facade.interface import PaymentsFacade
from chengtuan.modules.payments.facade.problems import (
    AllowancesDiffer,
    PaymentNotOpen,
    RefundNotAbnormal,
    RefundNotFound,
    RefundTooLarge,
)

__all__ = [
    "Allowance",
    "AllowanceKind",
    "AllowanceRequest",
    "AllowancesDiffer",
    "HandOver",
    "Payable",
    "PaymentNotOpen",
    "PaymentRequest",
    "PaymentState",
    "PaymentStatus",
    "PaymentSucceeded",
    "PaymentsFacade",
    "RefundAbnormal",
    "RefundNotAbnormal",
    "RefundNotFound",
    "RefundRequest",
    "RefundSucceeded",
    "RefundTooLarge",
    "Share",
    "WeChatInvocation",
]
