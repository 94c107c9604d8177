"""The only part of `payments` that other modules may import."""

from chengtuan.modules.payments.facade.contracts import (
    Allowance,
    AllowanceKind,
    HandOver,
    PaymentState,
    PaymentStatus,
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
    "AllowancesDiffer",
    "HandOver",
    "PaymentNotOpen",
    "PaymentState",
    "PaymentStatus",
    "PaymentSucceeded",
    "PaymentsFacade",
    "RefundAbnormal",
    "RefundNotAbnormal",
    "RefundNotFound",
    "RefundSucceeded",
    "RefundTooLarge",
    "WeChatInvocation",
]
