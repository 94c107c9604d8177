"""What is paid has a name of its owner's, and whose money a payment is stands in its shares."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.modules.payments.facade import (
    Payable,
    PaymentNotOpen,
    PaymentStatus,
    PaymentSucceeded,
    RefundSucceeded,
    RefundTooLarge,
    Share,
)
from tests.modules.payments.stage import MERCHANT, ORDER, OTHER_MERCHANT, PRICE, Stage

FIRST, SECOND = uuid4(), uuid4()
"""Two orders of two merchants, paid at once."""


def _share(subject_id: UUID, amount_fen: int, merchant_id: UUID = MERCHANT) -> Share:
    return Share(subject_id=subject_id, subject_number=f"N{amount_fen}", merchant_id=merchant_id, amount_fen=amount_fen)


async def _pay_for_two(stage: Stage) -> dict[str, Any]:
    shares = (_share(FIRST, 1200), _share(SECOND, 800, OTHER_MERCHANT))
    await stage.open(shares=shares)
    assert await stage.press_pay() == "paid"
    return stage.payment()


async def test_one_payment_for_two_merchants_is_told_and_booked_by_share(stage: Stage) -> None:
    payment = await _pay_for_two(stage)
    assert payment["amount_fen"] == 2000
    told = [event for event in stage.events() if isinstance(event, PaymentSucceeded)]
    assert {(event.purpose, event.subject_id, event.amount_fen) for event in told} == {
        (ORDER, FIRST, 1200),
        (ORDER, SECOND, 800),
    }
    assert {event.payment_id for event in told} == {payment["id"]}
    booked = stage.rows(
        "select subject_id, merchant_id, account, amount_fen from payments.entry where fact_id = %s order by seq",
        payment["id"],
    )
    assert {tuple(row.values()) for row in booked} == {
        (FIRST, MERCHANT, "provider_clearing", 1200),
        (FIRST, MERCHANT, "merchant_escrow", -1200),
        (SECOND, OTHER_MERCHANT, "provider_clearing", 800),
        (SECOND, OTHER_MERCHANT, "merchant_escrow", -800),
    }


async def test_each_merchant_reads_of_its_own_share(stage: Stage) -> None:
    await _pay_for_two(stage)
    for token, subject_id, number in (("merchant", FIRST, "N1200"), ("other", SECOND, "N800")):
        headers = {"Authorization": f"Bearer {token}"}
        page = await stage.shop.get("/api/v1/payments/console/ledger", headers=headers)
        shown = [(one["subject_id"], one["subject_number"], len(one["sides"])) for one in page.json()["items"]]
        assert shown == [(str(subject_id), number, 2)]


async def test_what_goes_back_for_one_order_leaves_the_others_money_alone(stage: Stage) -> None:
    payment = await _pay_for_two(stage)
    with pytest.raises(RefundTooLarge):
        await stage.refund(801, order_id=SECOND)
    refund_id = await stage.refund(800, order_id=SECOND)
    with pytest.raises(RefundTooLarge):
        await stage.refund(1, order_id=SECOND)
    with pytest.raises(RefundTooLarge):
        await stage.refund(1, payment_id=payment["id"], subject_id=uuid4())
    await stage.run()
    stage.advance(2)
    await stage.run()
    assert stage.events()[-1] == RefundSucceeded(
        refund_id=refund_id, purpose=ORDER, subject_id=SECOND, amount_fen=800, succeeded_at=stage.clock.now()
    )
    left = stage.rows("select subject_id, refunded_fen from payments.payment_share where refunded_fen > 0")
    assert left == [{"subject_id": SECOND, "refunded_fen": 800}]
    owed = "select sum(amount_fen)::bigint as fen from payments.entry where merchant_id = %s and account = %s"
    assert stage.row(owed, MERCHANT, "merchant_escrow")["fen"] == -1200
    assert stage.row(owed, OTHER_MERCHANT, "merchant_escrow")["fen"] == 0


_TOO_SMALL = "update payments.payment_share set amount_fen = amount_fen - 1"
_LOST = "delete from payments.payment_share"
_GROWN = "update payments.payment set amount_fen = amount_fen + 1"


@pytest.mark.parametrize("change", [_TOO_SMALL, _LOST, _GROWN])
async def test_shares_add_up_to_the_payment(stage: Stage, change: str) -> None:
    await stage.open()
    with pytest.raises(psycopg.errors.CheckViolation, match="has shares of"):
        stage.rows(change)
    for table in ("payment", "payment_share"):
        stage.rows(f"drop trigger payment_shares on payments.{table}")
    stage.rows(change)


async def test_a_payment_and_its_shares_are_complete_at_the_commit_not_before(stage: Stage) -> None:
    """The trigger is deferred: two statements of one transaction may change both."""
    await stage.open()
    with psycopg.connect(stage.url) as connection:
        connection.execute(_GROWN)
        connection.execute("update payments.payment_share set amount_fen = amount_fen + 1")
    assert stage.payment()["amount_fen"] == PRICE + 1


async def test_a_refund_is_of_a_share_of_its_payment(stage: Stage) -> None:
    await stage.paid()
    await stage.refund(1)
    stray = "update payments.refund set subject_id = gen_random_uuid()"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        stage.rows(stray)
    stage.rows("alter table payments.refund drop constraint fk_refund_payment_id_subject_id")
    stage.rows(stray)


@pytest.mark.parametrize(("column", "value"), [("amount_fen", "0"), ("amount_fen", "-1"), ("refunded_fen", "1")])
async def test_amounts_of_a_share_are_possible(stage: Stage, column: str, value: str) -> None:
    await stage.open()
    with psycopg.connect(stage.url, autocommit=True) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(f"update payments.payment_share set {column} = {value}".encode())


@pytest.mark.parametrize(
    "purpose",
    ["", "order", "trade.", ".order", "Trade.order", "trade order", "trade.order.x", "trade.or-der", "a" * 31 + ".b"],
)
async def test_a_purpose_names_a_module_and_a_thing(stage: Stage, purpose: str) -> None:
    with pytest.raises(ValueError, match="no purpose"):
        Payable(purpose=purpose, subject_id=uuid4())
    claim = (
        "insert into payments.payable (id, purpose, subject_id, instalment, opened_at) values (%s, %s, %s, 1, now())"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="purpose_form"):
        stage.rows(claim, uuid4(), purpose, uuid4())
    stage.rows("alter table payments.payable drop constraint ck_payable_purpose_form")
    stage.rows(claim, uuid4(), purpose, uuid4())


@pytest.mark.parametrize("shares", [(), (_share(FIRST, 1), _share(FIRST, 2))])
async def test_a_payment_has_one_share_of_each_subject(stage: Stage, shares: tuple[Share, ...]) -> None:
    with pytest.raises(ValueError, match="one of each subject"):
        await stage.open(shares=shares)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_share_has_a_positive_amount(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        _share(FIRST, amount)


async def test_instalments_of_one_thing_are_paid_one_by_one(stage: Stage) -> None:
    """A deposit is paid and the balance closed; neither touches the other."""
    deposit, balance = (Payable(purpose=ORDER, subject_id=stage.order_id, instalment=part) for part in (1, 2))
    await stage.open(payable=deposit, amount_fen=500)
    assert await stage.press_pay() == "paid"
    stage.advance(1)
    await stage.open(payable=balance, amount_fen=1490)
    with pytest.raises(PaymentNotOpen):
        await stage.open(payable=deposit, amount_fen=500)
    told = [event.instalment for event in stage.events() if isinstance(event, PaymentSucceeded)]
    assert told == [1]
    closed = await stage.payments.resolve_payment(payable=balance, close=True)
    assert closed.status is PaymentStatus.CLOSED
    with pytest.raises(PaymentNotOpen):
        await stage.open(payable=balance, amount_fen=1490)
    assert (await stage.payments.find_payment(payable=deposit)).amount_fen == 500


async def test_the_same_id_under_two_purposes_is_two_things(stage: Stage) -> None:
    membership = Payable(purpose="club.membership", subject_id=stage.order_id)
    await asyncio.gather(stage.open("wechat_h5", payable=membership), stage.open("wechat_h5"))
    assert len(stage.rows("select 1 from payments.payable")) == 2
    state = await stage.payments.resolve_payment(payable=membership, close=True)
    assert state.status is PaymentStatus.CLOSED
    assert (await stage.payments.find_payment(payable=stage.payable)).status is PaymentStatus.PENDING
