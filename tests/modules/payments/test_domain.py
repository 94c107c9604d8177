"""The pure rules, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chengtuan.gateways.wechat import RefundState, TradeState, Transaction
from chengtuan.gateways.wechat import RefundStatus as ProviderStatus
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.state_machine import IllegalTransition
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.payments.rules.judgement import Outcome, refund_differences, transaction_differences
from chengtuan.modules.payments.rules.ledger import Account, Kind, Side, sides_of
from chengtuan.modules.payments.rules.payment import (
    PAYMENT_STATES,
    Channel,
    Payment,
    PaymentAction,
    out_trade_no_of,
    state_of,
)
from chengtuan.modules.payments.rules.refund import (
    REFUND_STATES,
    Refund,
    RefundAction,
    RefundStatus,
    number_of,
    out_refund_no_of,
)
from chengtuan.modules.payments.rules.schedule import REFUND_CHECKS, REFUND_CHECKS_EVERY, next_check, next_payment_check
from chengtuan.modules.payments.rules.wording import refund_words
from chengtuan.modules.trade.states import RefundReason

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
APPIDS = {Channel.JSAPI: "wx-mini", Channel.H5: "wx-web"}
PENDING, PAID, CLOSED = PaymentStatus.PENDING, PaymentStatus.PAID, PaymentStatus.CLOSED


def a_payment(**changes: Any) -> Payment:
    payment = Payment(
        id=new_id(),
        payable_id=uuid4(),
        user_id=uuid4(),
        request_id=uuid4(),
        channel=Channel.JSAPI,
        out_trade_no="n" * 32,
        amount_fen=1990,
        description="橙",
        status=PENDING,
        payer_openid="o-lin",
        ticket=None,
        ticket_at=None,
        transaction_id=None,
        paid_at=None,
        expires_at=NOON + timedelta(minutes=15),
        created_at=NOON,
    )
    return replace(payment, **changes)


def a_paid_payment(**changes: Any) -> Payment:
    return a_payment(**{"status": PAID, "transaction_id": "4200", "paid_at": NOON, **changes})


def a_transaction(**changes: Any) -> Transaction:
    transaction = Transaction(
        out_trade_no="n" * 32,
        state=TradeState.SUCCESS,
        mchid="1900",
        appid="wx-mini",
        transaction_id="4200",
        amount_fen=1990,
        currency="CNY",
        payer_openid="o-lin",
        success_time=NOON,
    )
    return replace(transaction, **changes)


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        (PENDING, PaymentAction.SUCCEED, PAID),
        (PENDING, PaymentAction.CLOSE, CLOSED),
        (CLOSED, PaymentAction.SUCCEED, PAID),
        (CLOSED, PaymentAction.CLOSE, None),
        (PAID, PaymentAction.SUCCEED, None),
        (PAID, PaymentAction.CLOSE, None),
    ],
)
def test_payment_states(state: PaymentStatus, action: PaymentAction, after: PaymentStatus | None) -> None:
    if after is None:
        with pytest.raises(IllegalTransition):
            PAYMENT_STATES.after(state, action)
    else:
        assert PAYMENT_STATES.after(state, action) is after


@pytest.mark.parametrize("state", list(RefundStatus))
@pytest.mark.parametrize("action", list(RefundAction))
def test_a_succeeded_refund_is_final_and_every_other_may_succeed(state: RefundStatus, action: RefundAction) -> None:
    allowed = {
        RefundStatus.PLANNED: set(RefundAction) - {RefundAction.RETRY},
        RefundStatus.SUBMITTED: set(RefundAction) - {RefundAction.RETRY},
        RefundStatus.ABNORMAL: set(RefundAction),
        RefundStatus.SUCCEEDED: set(),
    }
    assert REFUND_STATES.allows(state, action) is (action in allowed[state])


def test_our_number_is_accepted_by_the_provider_and_always_the_same() -> None:
    payment_id = new_id()
    number = out_trade_no_of(payment_id)
    assert number == out_trade_no_of(payment_id)
    assert len(number) == 32
    assert number.isalnum()


@pytest.mark.parametrize(
    ("statuses", "closed", "expected"),
    [
        ([], False, PaymentStatus.NONE),
        ([], True, CLOSED),
        ([PENDING], False, PENDING),
        ([CLOSED, PENDING], False, PENDING),
        ([CLOSED], False, CLOSED),
        ([CLOSED, PAID], True, PAID),
        ([PENDING, PAID], False, PAID),
    ],
)
def test_an_orders_state(statuses: list[PaymentStatus], closed: bool, expected: PaymentStatus) -> None:
    payments = [a_paid_payment() if status is PAID else a_payment(status=status) for status in statuses]
    assert state_of(payments, closed_for_good=closed).status is expected


def test_of_two_successes_the_earlier_counts() -> None:
    late = a_paid_payment(paid_at=NOON + timedelta(seconds=1), transaction_id="4201")
    early = a_paid_payment(transaction_id="4202")
    assert state_of([late, early]).transaction_id == "4202"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_booking_has_two_sides(kind: Kind) -> None:
    sides = sides_of(kind, 1990)
    assert sum(side.amount_fen for side in sides) == 0
    assert len({side.account for side in sides}) == 2


def test_a_payment_and_its_refund_leave_nothing() -> None:
    balances = dict.fromkeys([account.value for account in Account], 0)
    for kind in (Kind.PAYMENT, Kind.REFUND_PLANNED, Kind.REFUND_SUCCEEDED):
        for side in sides_of(kind, 1990):
            balances[side.account] += side.amount_fen
    assert set(balances.values()) == {0}
    assert sides_of(Kind.PAYMENT, 5)[0] == Side(Account.PROVIDER_CLEARING, 5)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_booking(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        sides_of(Kind.PAYMENT, amount)


@pytest.mark.parametrize(
    ("payment", "transaction", "differing"),
    [
        (a_payment(), a_transaction(), set()),
        (a_payment(), a_transaction(amount_fen=1989), {"amount_fen"}),
        (a_payment(), a_transaction(currency="USD"), {"currency"}),
        (a_payment(), a_transaction(appid="wx-web"), {"appid"}),
        (a_payment(), a_transaction(payer_openid="o-other"), {"payer"}),
        (a_payment(), a_transaction(payer_openid=None), {"payer"}),
        (a_payment(channel=Channel.H5, payer_openid=None), a_transaction(appid="wx-web"), set()),
        (a_payment(channel=Channel.H5, payer_openid=None), a_transaction(), {"appid"}),
        (a_paid_payment(), a_transaction(), set()),
        (a_paid_payment(), a_transaction(transaction_id="4201"), {"transaction_id"}),
        (a_payment(status=CLOSED), a_transaction(), set()),
    ],
)
def test_money_must_be_what_we_asked_for(payment: Payment, transaction: Transaction, differing: set[str]) -> None:
    assert set(transaction_differences(payment, transaction, APPIDS)) == differing


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({}, set()),
        ({"amount_fen": 501}, {"amount_fen"}),
        ({"total_fen": 1}, {"total_fen"}),
        ({"out_trade_no": "other"}, {"out_trade_no"}),
    ],
)
def test_a_refund_must_be_ours(changes: dict[str, Any], differing: set[str]) -> None:
    refund = Refund(
        id=new_id(),
        payment_id=new_id(),
        purpose="trade.order",
        subject_id=uuid4(),
        number="R1",
        sequence=1,
        amount_fen=500,
        reason="cancelled",
        status=RefundStatus.SUBMITTED,
        attempts=0,
        provider_refund_id=None,
        planned_at=NOON,
        submitted_at=NOON,
        trouble=None,
        paid_at=NOON,
        out_trade_no="n",
        total_fen=1990,
        merchant_id=uuid4(),
    )
    state = RefundState(
        out_refund_no="R1",
        refund_id="5030",
        out_trade_no="n",
        transaction_id="4200",
        status=ProviderStatus.SUCCESS,
        amount_fen=500,
        total_fen=1990,
    )
    assert set(refund_differences(refund, replace(state, **changes))) == differing


def test_only_what_fits_may_be_forgotten_by_the_provider() -> None:
    assert {outcome for outcome in Outcome if not outcome.accepted} == {
        Outcome.UNMATCHED,
        Outcome.MISMATCHED,
    }


@pytest.mark.parametrize(
    ("elapsed_s", "wait_s"),
    [(0, 5), (5, 25), (29, 1), (30, 90), (120, 480), (600, 360), (959, 5), (960, 5), (5000, 5)],
)
def test_when_a_payment_is_looked_at(elapsed_s: int, wait_s: int) -> None:
    """The last look is a minute after its fifteen minutes."""
    now = NOON + timedelta(seconds=elapsed_s)
    assert next_payment_check(NOON, NOON + timedelta(minutes=15), now) == timedelta(seconds=wait_s)


def test_a_refund_is_asked_about_every_hour_in_the_end() -> None:
    now = NOON + timedelta(days=3)
    assert next_check(NOON, now, REFUND_CHECKS, REFUND_CHECKS_EVERY) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("channel", "age", "valid"),
    [
        (Channel.H5, timedelta(minutes=4, seconds=29), True),
        (Channel.H5, timedelta(minutes=4, seconds=30), False),
        (Channel.JSAPI, timedelta(minutes=114, seconds=59), True),
        (Channel.JSAPI, timedelta(minutes=115), False),
    ],
)
def test_how_long_a_hand_over_lasts(channel: Channel, age: timedelta, valid: bool) -> None:
    payment = a_payment(channel=channel, ticket="t", ticket_at=NOON)
    assert (payment.valid_ticket(NOON + age) is not None) is valid


@pytest.mark.parametrize(("sequence", "expected"), [(1, "R-1_a"), (2, "R-1_a@2"), (5, "R-1_a@5")])
def test_a_refunds_numbers_at_the_provider(sequence: int, expected: str) -> None:
    assert out_refund_no_of("R-1_a", sequence) == expected
    assert number_of(expected) == "R-1_a"


def test_a_shopper_reads_words_in_their_bill_not_codes() -> None:
    for reason in RefundReason:
        assert refund_words(reason) != reason
    assert refund_words("something new") == "something new"
