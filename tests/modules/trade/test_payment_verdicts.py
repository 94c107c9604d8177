"""Rule 3 by a table: which money counts, and which goes back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.modules.trade.paying.rules import Judged, PaymentVerdict, judge_payment, judge_payments
from tests.conftest import NOON

THIS, OTHER = UUID(int=1), UUID(int=2)
SECOND = timedelta(seconds=1)
IN_TIME: dict[str, Any] = {
    "payment_id": THIS,
    "amount_fen": 9000,
    "paid_at": NOON,
    "order_status": "pending_payment",
    "counted_payment_id": None,
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
        ({"order_status": "grouping", "counted_payment_id": OTHER}, PaymentVerdict.DUPLICATE),
        ({"order_status": "grouping", "counted_payment_id": THIS}, PaymentVerdict.KNOWN),
        ({"order_status": "refunded", "counted_payment_id": OTHER}, PaymentVerdict.DUPLICATE),
        ({"payable_fen": None}, PaymentVerdict.UNKNOWN_INSTALMENT),
        ({"payable_fen": None, "order_status": "cancelled"}, PaymentVerdict.UNKNOWN_INSTALMENT),
        ({"amount_fen": 8999}, PaymentVerdict.WRONG_AMOUNT),
        ({"amount_fen": 9001}, PaymentVerdict.WRONG_AMOUNT),
    ],
)
def test_verdicts(changes: dict[str, Any], verdict: PaymentVerdict) -> None:
    assert judge_payment(**(IN_TIME | changes)) is verdict
    assert verdict.returns_money is (verdict not in (PaymentVerdict.COUNTS, PaymentVerdict.KNOWN))


ORDER, GROUP = UUID(int=7), UUID(int=8)
DEPOSIT, BALANCE = 1, 2


@dataclass(frozen=True)
class Money:
    payment_id: UUID
    instalment: int = DEPOSIT
    amount_fen: int = 1000
    paid_at: datetime = NOON
    subject_id: UUID = ORDER


@dataclass(frozen=True)
class Part:
    seq: int
    payable_fen: int
    payment_id: UUID | None = None


@dataclass(frozen=True)
class Order:
    instalments: list[Part]
    status: str = "pending_payment"
    group_id: UUID | None = GROUP


@dataclass(frozen=True)
class Group:
    status: str = "open"
    deadline: datetime | None = field(default=NOON + SECOND)


THIRD = UUID(int=3)
IN_TWO = Order([Part(DEPOSIT, 1000), Part(BALANCE, 8000)])
WHOLE = Order([Part(1, 1000)])
DEPOSITED = Order([Part(DEPOSIT, 1000, OTHER), Part(BALANCE, 8000)])
COUNTS, COMPLETES = Judged(PaymentVerdict.COUNTS), Judged(PaymentVerdict.COUNTS, completes=True)


@pytest.mark.parametrize(
    ("order", "payments", "judged"),
    [
        (WHOLE, [Money(THIS)], [COMPLETES]),
        (WHOLE, [Money(THIS), Money(THIS)], [COMPLETES, Judged(PaymentVerdict.KNOWN)]),
        (WHOLE, [Money(THIS), Money(OTHER)], [COMPLETES, Judged(PaymentVerdict.DUPLICATE)]),
        (WHOLE, [Money(THIS, amount_fen=1), Money(OTHER)], [Judged(PaymentVerdict.WRONG_AMOUNT), COMPLETES]),
        (WHOLE, [Money(THIS, paid_at=NOON + SECOND)], [Judged(PaymentVerdict.AFTER_DEADLINE)]),
        (WHOLE, [Money(THIS, BALANCE)], [Judged(PaymentVerdict.UNKNOWN_INSTALMENT)]),
        (IN_TWO, [Money(THIS)], [COUNTS]),
        (IN_TWO, [Money(THIS, BALANCE, 8000)], [COUNTS]),
        (IN_TWO, [Money(THIS, BALANCE, 1000)], [Judged(PaymentVerdict.WRONG_AMOUNT)]),
        (IN_TWO, [Money(THIS, BALANCE, 8000), Money(OTHER)], [COUNTS, COMPLETES]),
        (DEPOSITED, [Money(THIS, BALANCE, 8000)], [COMPLETES]),
        (DEPOSITED, [Money(THIS)], [Judged(PaymentVerdict.DUPLICATE)]),
        (
            DEPOSITED,
            [Money(THIS, BALANCE, 8000), Money(THIRD, BALANCE, 8000)],
            [COMPLETES, Judged(PaymentVerdict.DUPLICATE)],
        ),
    ],
)
def test_a_batch_is_judged_by_the_instalments_it_names(
    order: Order, payments: list[Money], judged: list[Judged]
) -> None:
    assert judge_payments(payments, {ORDER: order}, {GROUP: Group()}) == judged


def test_only_money_that_an_order_waited_for_ends_it() -> None:
    ending = {verdict for verdict in PaymentVerdict if verdict.ends_order}
    assert ending == {PaymentVerdict.AFTER_DEADLINE, PaymentVerdict.GROUP_ENDED, PaymentVerdict.WRONG_AMOUNT}
