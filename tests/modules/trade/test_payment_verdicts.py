"""Rule 3 by a table: which money counts, and which goes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.modules.trade.paying.rules import PaymentVerdict, judge_payment
from tests.conftest import NOON

THIS, OTHER = UUID(int=1), UUID(int=2)
SECOND = timedelta(seconds=1)
IN_TIME: dict[str, Any] = {
    "payment_id": THIS,
    "amount_fen": 9000,
    "paid_at": NOON,
    "order_status": "pending_payment",
    "order_payment_id": None,
    "payable_fen": 9000,
    "group_status": "open",
    "deadline": NOON + SECOND,
}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, PaymentVerdict.COUNTS),
        ({"group_status": None, "deadline": None}, PaymentVerdict.COUNTS),
        ({"group_status": "draft", "deadline": None}, PaymentVerdict.COUNTS),
        ({"deadline": NOON}, PaymentVerdict.AFTER_DEADLINE),
        ({"deadline": NOON - SECOND}, PaymentVerdict.AFTER_DEADLINE),
        ({"group_status": "failed"}, PaymentVerdict.GROUP_ENDED),
        ({"group_status": "succeeded"}, PaymentVerdict.GROUP_ENDED),
        ({"order_status": "cancelled"}, PaymentVerdict.ORDER_CLOSED),
        ({"order_status": "grouping", "order_payment_id": OTHER}, PaymentVerdict.DUPLICATE),
        ({"order_status": "grouping", "order_payment_id": THIS}, PaymentVerdict.KNOWN),
        ({"order_status": "refunded", "order_payment_id": OTHER}, PaymentVerdict.DUPLICATE),
        ({"amount_fen": 8999}, PaymentVerdict.WRONG_AMOUNT),
        ({"amount_fen": 9001}, PaymentVerdict.WRONG_AMOUNT),
    ],
)
def test_verdicts(changes: dict[str, Any], verdict: PaymentVerdict) -> None:
    assert judge_payment(**(IN_TIME | changes)) is verdict
    assert verdict.returns_money is (verdict not in (PaymentVerdict.COUNTS, PaymentVerdict.KNOWN))
