"""Refunds, from rows to what clients see."""

from chengtuan.modules.trade.refunds.http import schemas
from chengtuan.modules.trade.refunds.rows import Refund, RefundView


def refund(row: Refund) -> schemas.Refund:
    return schemas.Refund.model_validate(row, from_attributes=True)


def console_refund(row: RefundView) -> schemas.ConsoleRefund:
    return schemas.ConsoleRefund.model_validate(row, from_attributes=True)
