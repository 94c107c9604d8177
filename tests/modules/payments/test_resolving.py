"""Asking and closing: after a close the money is here, or cannot come any more."""

import asyncio

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.facade import PaymentNotOpen, PaymentStatus, PaymentSucceeded
from tests.modules.payments.stage import PRICE, Stage


async def _resolve(stage: Stage, *, close: bool) -> PaymentStatus:
    return (await stage.payments.resolve_payment(payable=stage.payable, close=close)).status


async def test_asking_about_nothing(stage: Stage) -> None:
    assert await _resolve(stage, close=False) is PaymentStatus.NONE
    await stage.open()
    assert await _resolve(stage, close=False) is PaymentStatus.PENDING


async def test_closing_makes_it_unpayable(stage: Stage) -> None:
    await stage.open("wechat_jsapi")
    await stage.open("wechat_h5")
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED
    assert await stage.press_pay("wechat_jsapi") == "closed"
    assert await stage.press_pay("wechat_h5") == "closed"
    with pytest.raises(PaymentNotOpen):
        await stage.open("wechat_h5")
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED


async def test_an_order_closed_before_anybody_opened_it_stays_closed(stage: Stage) -> None:
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED
    with pytest.raises(PaymentNotOpen):
        await stage.open()


async def test_a_success_nobody_told_us_of_is_found(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    stage.advance(30)
    await stage.press_pay()
    state = await stage.payments.resolve_payment(payable=stage.payable, close=False)
    payment = stage.payment()
    assert state.status is PaymentStatus.PAID
    assert (state.amount_fen, state.paid_at) == (PRICE, stage.clock.now())
    assert (state.transaction_id, state.out_trade_no) == (payment["transaction_id"], payment["out_trade_no"])
    assert state.payer_openid == "o-lin"
    assert [type(event) for event in stage.events()] == [PaymentSucceeded]


async def test_money_that_wins_against_the_close_counts(stage: Stage) -> None:
    """Paid between our question and our close: the provider refuses to close, and we ask again."""

    async def pay(request: httpx.Request) -> None:
        if request.method == "GET" and stage.wire.count("/close") == 0:
            stage.wire.after = None
            await stage.press_pay()

    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    stage.wire.after = pay
    assert await _resolve(stage, close=True) is PaymentStatus.PAID
    assert stage.wire.count("/close") == 1
    assert len(stage.events()) == 1


async def test_while_the_payer_types_the_password_nothing_is_certain(stage: Stage) -> None:
    stage.arm(FaultKind.PAY_LATE, seconds=40)
    await stage.open()
    assert await stage.press_pay() == "pending"
    with pytest.raises(PartnerUnavailable):
        await _resolve(stage, close=True)
    assert stage.payment()["status"] == "pending"
    stage.advance(40)
    await stage.sandbox.deliver_due()
    assert await _resolve(stage, close=True) is PaymentStatus.PAID


async def test_a_silent_provider_is_not_a_no(stage: Stage) -> None:
    await stage.open()
    for fault in (FaultKind.API_500, FaultKind.API_BAD_SIGNATURE):
        stage.arm(fault, times=3)
        with pytest.raises(PartnerUnavailable):
            await _resolve(stage, close=True)
        stage.sandbox.faults.clear()
    assert stage.payment()["status"] == "pending"
    await stage.open()  # and the order can still be paid meanwhile
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED


async def test_an_order_the_provider_never_saw_closes(stage: Stage) -> None:
    stage.arm(FaultKind.API_500, times=3)
    with pytest.raises(PartnerUnavailable):
        await stage.open()
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED


async def test_a_close_whose_answer_is_lost_is_repeated(stage: Stage) -> None:
    async def lose(request: httpx.Request) -> None:
        if request.url.path.endswith("/close"):
            raise httpx.ReadTimeout("lost")

    await stage.open()
    stage.wire.after = lose
    with pytest.raises(PartnerUnavailable):
        await _resolve(stage, close=True)
    stage.wire.after = None
    assert await _resolve(stage, close=True) is PaymentStatus.CLOSED


async def test_opening_and_closing_at_once_never_leave_a_payable_order_behind(stage: Stage) -> None:
    async def open_quietly(channel: str) -> None:
        try:
            await stage.open(channel)
        except PaymentNotOpen:
            return

    _, _, status = await asyncio.gather(
        open_quietly("wechat_jsapi"), open_quietly("wechat_h5"), _resolve(stage, close=True)
    )
    assert status is PaymentStatus.CLOSED
    left = stage.rows("select 1 from payments.payment where status = 'pending'")
    assert left == []
    for trade in stage.sandbox.store.all("SELECT state FROM trade"):
        assert trade["state"] == "CLOSED"


async def test_polling_goes_on_until_expiry_and_closes(stage: Stage) -> None:
    await stage.open()
    asked = []
    for second in range(0, 17 * 60, 5):
        before = len(stage.wire.asked)
        await stage.run()
        if len(stage.wire.asked) > before:
            asked.append(second)
        stage.advance(5)
    assert asked == [5, 30, 120, 600, 960]
    assert stage.payment()["status"] == "closed"
    assert stage.jobs() == []


async def test_polling_survives_a_silent_provider(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    await stage.press_pay()
    stage.arm(FaultKind.API_500, times=3)
    stage.advance(5)
    await stage.run()
    assert stage.payment()["status"] == "pending"
    stage.advance(30)
    await stage.run()
    assert stage.payment()["status"] == "paid"


async def test_an_answer_about_other_money_settles_nothing(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    await stage.press_pay()
    stage.misread(PRICE + 1)
    with pytest.raises(PartnerUnavailable):
        await _resolve(stage, close=True)
    assert stage.payment()["status"] == "pending"
    assert stage.events() == []
