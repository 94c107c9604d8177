"""Opening a payment: one per order and channel, announced once, handed over as often as asked."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.facade import PaymentNotOpen, PaymentStatus, PaymentSucceeded
from tests.modules.payments.stage import PAYMENT_COLUMNS, PRICE, Crash, Stage
from tests.support.world import SHOP


async def test_h5_leads_to_the_cashier_and_back(stage: Stage) -> None:
    hand_over = await stage.open("wechat_h5")
    assert hand_over.jsapi is None
    assert hand_over.redirect_url is not None
    assert parse_qs(urlsplit(hand_over.redirect_url).query)["redirect_url"] == [f"{SHOP}/#/result"]
    page = await stage.desk.get(hand_over.redirect_url)
    assert page.status_code == 200
    assert hand_over.expires_at == stage.clock.now() + timedelta(minutes=15)


async def test_jsapi_hands_over_signed_arguments(stage: Stage) -> None:
    hand_over = await stage.open()
    assert hand_over.redirect_url is None
    assert hand_over.jsapi is not None
    assert hand_over.jsapi.package.startswith("prepay_id=wx")
    assert hand_over.jsapi.signType == "RSA"
    assert len(base64.b64decode(hand_over.jsapi.paySign)) == 256


async def test_the_provider_gets_our_number_price_and_deadline(stage: Stage) -> None:
    await stage.open("wechat_h5", description="橙" * 100)
    payment = stage.payment("wechat_h5")
    trade = stage.sandbox.trades.get(payment["out_trade_no"])
    assert payment["out_trade_no"] == payment["id"].hex
    assert trade["amount_fen"] == PRICE
    assert trade["time_expire"] == payment["expires_at"].timestamp()
    assert len(trade["description"].encode()) <= 127
    assert trade["description"] == "橙" * 42


async def test_a_deadline_in_seconds_leaves_the_provider_its_minute(stage: Stage) -> None:
    soon = stage.clock.now() + timedelta(seconds=20)
    hand_over = await stage.open("wechat_h5", expires_at=soon)
    number = stage.payment("wechat_h5")["out_trade_no"]
    assert hand_over.expires_at == soon
    assert stage.sandbox.trades.get(number)["time_expire"] == (soon + timedelta(seconds=41)).timestamp()


async def test_asking_again_gives_the_same_payment_and_hand_over(stage: Stage) -> None:
    first = await stage.open("wechat_h5")
    again = await stage.open("wechat_h5", expires_at=stage.clock.now() + timedelta(minutes=20))
    assert again == first
    assert stage.wire.count("/h5") == 1
    assert len(stage.rows("select 1 from payments.payment")) == 1


async def test_a_stale_cashier_address_is_renewed_under_the_same_number(stage: Stage) -> None:
    await stage.open("wechat_h5")
    stage.advance(5 * 60)
    await stage.open("wechat_h5")
    assert stage.wire.count("/h5") == 2
    assert len(stage.rows("select 1 from payments.payment")) == 1


async def test_twenty_requests_at_once_open_one_payment(stage: Stage) -> None:
    results = await asyncio.gather(*(stage.open() for _ in range(20)))
    assert len({result.jsapi.package for result in results if result.jsapi}) == 1
    assert len(stage.rows("select 1 from payments.payment")) == 1


async def test_without_the_guard_two_payments_open(stage: Stage) -> None:
    """Negative control of `uq_payment_open`."""
    insert = (
        f"with opened as (insert into payments.payment ({PAYMENT_COLUMNS})"
        " select %s, id, id, id, 'wechat_h5', %s, 1, '', 'pending', now(), now() from payments.payable returning id)"
        " insert into payments.payment_share (payment_id, subject_id, subject_number, merchant_id, amount_fen)"
        " select id, id, '1', id, 1 from opened"
    )

    await stage.payments.resolve_payment(payable=stage.payable, close=True)  # leaves the row of a payable

    def open_another() -> None:
        number = uuid4()
        stage.rows(insert, number, number.hex)

    open_another()
    with pytest.raises(Exception, match="uq_payment_open"):
        open_another()
    stage.rows("drop index payments.uq_payment_open")
    open_another()


async def test_a_silent_provider_leaves_a_payment_that_opens_later(stage: Stage) -> None:
    stage.arm(FaultKind.API_500, times=3)
    with pytest.raises(PartnerUnavailable):
        await stage.open()
    await stage.open()
    assert await stage.press_pay() == "paid"
    assert [type(event) for event in stage.events()] == [PaymentSucceeded]


@pytest.mark.parametrize("fault", [FaultKind.API_BAD_SIGNATURE, FaultKind.API_FREQUENCY_LIMITED])
async def test_an_answer_that_proves_nothing_opens_nothing(stage: Stage, fault: FaultKind) -> None:
    stage.arm(fault)
    with pytest.raises(PartnerUnavailable):
        await stage.open()
    assert stage.payment()["ticket"] is None


async def test_a_crash_after_the_announcement_is_repaired_by_asking_again(stage: Stage) -> None:
    async def die(_: httpx.Request) -> None:
        raise Crash

    stage.wire.after = die
    with pytest.raises(Crash):
        await stage.open()
    stage.wire.after = None
    await stage.open()
    assert len(stage.rows("select 1 from payments.payment")) == 1
    assert len({body for body in stage.wire.bodies if b"out_trade_no" in body}) == 1


async def test_who_pays_before_the_answer_arrives_has_paid(stage: Stage) -> None:
    async def pay(request: httpx.Request) -> None:
        if request.url.path.endswith("/jsapi"):
            assert await stage.press_pay() == "paid"

    stage.wire.after = pay
    with pytest.raises(PaymentNotOpen):
        await stage.open()
    assert stage.payment()["status"] == "paid"
    assert len(stage.events()) == 1


async def test_closed_while_being_announced_is_closed_at_the_provider(stage: Stage) -> None:
    """The close overtakes the announcement, and the provider does not know what to close yet."""

    async def close(request: httpx.Request) -> None:
        if request.url.path.endswith("/jsapi"):
            stage.wire.before = None
            await stage.payments.resolve_payment(payable=stage.payable, close=True)

    stage.wire.before = close
    with pytest.raises(PaymentNotOpen):
        await stage.open()
    assert stage.sandbox.trades.get(stage.payment()["out_trade_no"])["state"] == "CLOSED"
    assert await stage.press_pay() == "closed"


@pytest.mark.parametrize(
    "changes",
    [{"amount_fen": PRICE + 1}, {"payer_openid": "o-somebody-else"}],
)
async def test_another_price_or_payer_is_refused(stage: Stage, changes: dict[str, Any]) -> None:
    await stage.open()
    with pytest.raises(PaymentNotOpen):
        await stage.open(**changes)


async def test_a_paid_order_opens_in_no_channel(stage: Stage) -> None:
    await stage.paid()
    for channel in ("wechat_jsapi", "wechat_h5"):
        with pytest.raises(PaymentNotOpen):
            await stage.open(channel)


async def test_no_time_left_is_no_payment(stage: Stage) -> None:
    with pytest.raises(PaymentNotOpen):
        await stage.open(expires_at=stage.clock.now())
    assert stage.rows("select 1 from payments.payment") == []


async def test_paying_after_the_deadline_is_refused_by_the_provider(stage: Stage) -> None:
    await stage.open()
    stage.advance(15 * 60)
    assert await stage.press_pay() == "expired"


async def test_find_payment_asks_nobody(stage: Stage) -> None:
    assert (await stage.payments.find_payment(payable=stage.payable)).status is PaymentStatus.NONE
    await stage.open()
    assert (await stage.payments.find_payment(payable=stage.payable)).status is PaymentStatus.PENDING
    await stage.press_pay()
    asked = len(stage.wire.asked)
    state = await stage.payments.find_payment(payable=stage.payable)
    assert state.status is PaymentStatus.PAID
    assert state.amount_fen == PRICE
    assert state.payer_openid == "o-lin"
    assert state.transaction_id == stage.payment()["transaction_id"]
    assert len(stage.wire.asked) == asked
