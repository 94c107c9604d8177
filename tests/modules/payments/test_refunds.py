"""Refunds: planned with the money set aside, submitted under one number, followed until they are certain."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.modules.payments.facade import (
    PaymentSucceeded,
    RefundAbnormal,
    RefundSucceeded,
    RefundTooLarge,
)
from tests.modules.payments.stage import ORDER, PRICE, Crash, Stage

RETURNED: dict[str, int] = {}
IN_TRANSIT = {"provider_clearing": PRICE, "refunds_in_transit": -PRICE}


async def _finish(stage: Stage) -> None:
    """Submit, and let the provider's two seconds pass."""
    await stage.run()
    stage.advance(2)
    await stage.run()


async def test_a_refund_succeeds_by_its_callback(stage: Stage) -> None:
    await stage.paid()
    refund_id, asked_at = await stage.refund(), stage.clock.now()
    assert stage.balances() == IN_TRANSIT
    await _finish(stage)
    refund = stage.refund_row(refund_id)
    assert refund["status"] == "succeeded"
    accepted = stage.row("select accepted_at, told from payments.refund_request")
    assert accepted == {"accepted_at": asked_at, "told": True}, "the callback does not say when that was"
    assert stage.balances() == RETURNED
    assert stage.share()["refunded_fen"] == PRICE
    assert stage.events()[1:] == [
        RefundSucceeded(
            refund_id=refund_id,
            purpose=ORDER,
            subject_id=stage.order_id,
            amount_fen=PRICE,
            succeeded_at=stage.clock.now(),
        )
    ]
    stage.advance(10)
    await stage.run()
    assert stage.jobs() == []


async def test_a_lost_refund_callback_is_found_by_asking(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "submitted"
    stage.advance(5)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.jobs() == []


async def test_a_refund_callback_may_overtake_the_answer(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_NOTICE_FIRST)
    refund_id = await stage.refund()
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.balances() == RETURNED
    assert len(stage.events()) == 2


async def test_doubled_refund_callbacks_count_once(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.CALLBACK_DUPLICATED)
    await stage.refund()
    await _finish(stage)
    stage.advance(2)
    await stage.run()
    assert stage.notices()[-1] == ("applied", 2)
    assert len(stage.events()) == 2


async def test_asking_twice_for_one_refund_returns_money_once(stage: Stage) -> None:
    await stage.paid()
    refund_id = uuid4()
    await asyncio.gather(*(stage.refund(request_id=refund_id, number="R1") for _ in range(5)))
    assert stage.share()["refund_reserved_fen"] == PRICE
    await _finish(stage)
    await stage.refund(request_id=refund_id, number="R1")
    await stage.run()
    assert len(stage.rows("select 1 from payments.refund")) == 1
    assert stage.balances() == RETURNED


async def test_a_crash_after_the_provider_took_it_repeats_the_same_number(stage: Stage) -> None:
    async def die(request: httpx.Request) -> None:
        if request.url.path.endswith("/refunds"):
            raise Crash

    await stage.paid()
    stage.arm(FaultKind.REFUND_DELAYED, seconds=8)
    refund_id = await stage.refund()
    stage.wire.after = die
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "planned"
    stage.wire.after = None
    stage.advance(2)
    await stage.run()
    stage.advance(7)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.wire.count("POST /v3/refund/domestic/refunds") == 2
    assert len(stage.sandbox.store.all("SELECT * FROM refund")) == 1
    assert stage.balances() == RETURNED


@pytest.mark.parametrize(
    ("fault", "times", "wait"),
    [
        (FaultKind.API_500, 3, 5),
        (FaultKind.API_500_AFTER, 3, 5),
        (FaultKind.API_BAD_SIGNATURE, 1, 5),
        (FaultKind.API_FREQUENCY_LIMITED, 1, 65),
    ],
)
async def test_an_unsure_provider_is_asked_again(stage: Stage, fault: FaultKind, times: int, wait: int) -> None:
    await stage.paid()
    stage.arm(fault, times=times)
    refund_id = await stage.refund()
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "planned"
    assert stage.refund_row(refund_id)["attempts"] == 1
    stage.advance(wait)
    await stage.run()
    stage.advance(7)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert len(stage.sandbox.store.all("SELECT * FROM refund")) == 1


async def test_partial_refunds_wait_for_each_other(stage: Stage) -> None:
    """The provider wants a minute between refunds of one order."""
    await stage.paid()
    first, second = await stage.refund(500), await stage.refund(1000)
    await _finish(stage)
    states = sorted(stage.refund_row(refund)["status"] for refund in (first, second))
    assert states == ["planned", "succeeded"]
    stage.advance(65)
    await _finish(stage)
    assert {stage.refund_row(refund)["status"] for refund in (first, second)} == {"succeeded"}
    assert stage.balances() == {"provider_clearing": 490, "merchant_escrow": -490}


async def test_a_failed_refund_goes_to_a_person_and_stays_in_the_books(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    refund_id = await stage.refund()
    await _finish(stage)
    stage.advance(10)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "abnormal"
    assert [type(event) for event in stage.events()] == [PaymentSucceeded, RefundAbnormal]
    assert stage.balances() == IN_TRANSIT
    with pytest.raises(RefundTooLarge):
        await stage.refund(1)


async def test_an_abnormal_refund_that_is_repaired_succeeds(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    refund_id = await stage.refund()
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "abnormal"
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.desk.post(f"/control/refunds/R{refund_id.hex}/repair")
    await stage.sandbox.deliver_due()
    stage.advance(3600)
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    assert stage.balances() == RETURNED


async def test_a_closed_refund_is_asked_for_again_under_the_next_number(stage: Stage) -> None:
    """The provider never pays under a number that it closed."""
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    refund_id = await stage.refund()
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "abnormal"
    assert isinstance(stage.events()[-1], RefundAbnormal)
    assert stage.balances() == IN_TRANSIT
    stage.advance(3600)
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"
    asked = stage.sandbox.store.all("SELECT out_refund_no FROM refund ORDER BY created_at")
    assert [row["out_refund_no"] for row in asked] == [f"R{refund_id.hex}", f"R{refund_id.hex}@2"]
    assert [type(event) for event in stage.events()[1:]] == [RefundAbnormal, RefundSucceeded]
    assert stage.balances() == RETURNED
    stage.advance(3600)
    await stage.run()
    assert stage.jobs() == []


async def test_a_refund_is_not_asked_for_under_new_numbers_for_ever(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED, times=100)
    refund_id = await stage.refund()
    for _ in range(10):
        await _finish(stage)
        stage.advance(3600)
    assert len(stage.sandbox.store.all("SELECT * FROM refund")) == 5
    assert stage.refund_row(refund_id)["status"] == "abnormal"


async def test_a_late_word_about_a_closed_number_changes_nothing(stage: Stage) -> None:
    await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    stage.arm(FaultKind.CALLBACK_DUPLICATED)
    refund_id = await stage.refund()
    await _finish(stage)
    stage.advance(1)
    await stage.run()
    assert stage.notices()[-1] == ("ignored", 2)
    assert stage.refund_row(refund_id)["sequence"] == 2


async def test_a_refused_refund_alerts_and_is_tried_again(stage: Stage) -> None:
    """Whatever made the provider say no, the money is not forgotten."""
    await stage.paid()
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 1")
    refund_id = await stage.refund()
    await stage.run()
    assert stage.refund_row(refund_id)["status"] == "abnormal"
    assert isinstance(stage.events()[-1], RefundAbnormal)
    stage.advance(3600)
    await stage.run()
    assert len(stage.events()) == 2  # told once
    stage.sandbox.store.run("UPDATE trade SET refunded_fen = 0")
    stage.advance(3600)
    await _finish(stage)
    assert stage.refund_row(refund_id)["status"] == "succeeded"


async def test_one_bad_refund_blocks_no_other(stage: Stage) -> None:
    orders = []
    for _ in range(5):
        stage.order_id = uuid4()
        orders.append(stage.order_id)
        await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    refunds = [await stage.refund(order_id=order_id) for order_id in orders]
    await _finish(stage)
    states = sorted(stage.refund_row(refund)["status"] for refund in refunds)
    assert states == ["abnormal", *["succeeded"] * 4]


async def test_each_of_two_payments_of_an_order_is_refunded(stage: Stage) -> None:
    await stage.open("wechat_jsapi")
    await stage.open("wechat_h5")
    await stage.press_pay("wechat_jsapi")
    stage.advance(1)
    await stage.press_pay("wechat_h5")
    first = await stage.refund()
    second = await stage.refund(payment_id=stage.payment("wechat_h5")["id"])
    assert stage.refund_row(first)["payment_id"] == stage.payment("wechat_jsapi")["id"]
    assert stage.refund_row(second)["payment_id"] == stage.payment("wechat_h5")["id"]
    await _finish(stage)
    assert stage.balances() == RETURNED


async def test_nothing_paid_nothing_returned(stage: Stage) -> None:
    with pytest.raises(RefundTooLarge):
        await stage.refund()
    await stage.open()
    with pytest.raises(RefundTooLarge):
        await stage.refund(payment_id=stage.payment()["id"])
    await stage.press_pay()
    for amount in (0, -1, PRICE + 1):
        with pytest.raises(RefundTooLarge):
            await stage.refund(amount)
    with pytest.raises(RefundTooLarge):
        await stage.refund(payment_id=uuid4())
    assert stage.rows("select 1 from payments.refund") == []
    assert stage.jobs() == []


async def _twenty(stage: Stage) -> int:
    """Twenty refunds of a tenth each, at once; how many were granted."""

    async def one() -> bool:
        try:
            await stage.refund(PRICE // 10)
        except RefundTooLarge:
            return False
        return True

    return sum(await asyncio.gather(*(one() for _ in range(20))))


async def test_twenty_refunds_at_once_do_not_exceed_the_payment(stage: Stage) -> None:
    await stage.paid()
    assert await _twenty(stage) == 10
    assert stage.share()["refund_reserved_fen"] == PRICE
    assert stage.row("select sum(amount_fen) as total from payments.refund")["total"] == PRICE
