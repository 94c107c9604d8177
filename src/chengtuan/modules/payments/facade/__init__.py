"""The only part of `payments` that other modules may import."""

from chengtuan.modules.payments.facade.contracts import (
    HandOver,
    PaymentState,
    PaymentStatus,
    WeChatInvocation,
)
from chengtuan.modules.payments.facade.events import PaymentSucceeded, RefundAbnormal, RefundSucceeded
from chengtuan.modules.payments.facade.interface import PaymentsFacade
from chengtuan.modules.payments.facade.problems import (
    PaymentNotOpen,
    RefundNotAbnormal,
    RefundNotFound,
    RefundTooLarge,
)

__all__ = [
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
