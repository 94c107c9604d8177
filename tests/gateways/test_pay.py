"""WeChat Pay v3 between our client and the sandbox: orders, queries, closing, refunds."""

from datetime import timedelta

import httpx
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.wechat import (
    AlreadyPaid,
    FrequencyLimited,
    NotFound,
    OrderClosed,
    PaymentInProgress,
    ProviderRefused,
    ProviderUnavailable,
    RefundState,
    RefundStatus,
    TradeState,
    UntrustedAnswer,
    WeChatPay,
)
from chengtuan.gateways.wechat.signatures import is_signed, lines, load_private_key
from tests.gateways.stage import DESK, START, Stage, pay_config


async def test_jsapi_order_is_paid_and_told(stage: Stage) -> None:
    order = stage.order(attach="group 7")
    prepay_id = await stage.pay.jsapi_order(order)
    assert (await stage.pay.query_by_out_trade_no(order.out_trade_no)).state is TradeState.NOTPAY

    assert await stage.press_pay(order.out_trade_no) == "paid"

    found = await stage.pay.query_by_out_trade_no(order.out_trade_no)
    assert found.paid
    assert (found.amount_fen, found.currency, found.attach) == (1990, "CNY", "group 7")
    assert found.payer_openid == order.openid
    assert found.success_time == START
    assert found.success_time.tzinfo is not None
    [notice] = stage.shop.accepted
    assert notice.event_type == "TRANSACTION.SUCCESS"
    assert notice.transaction == found  # type: ignore[union-attr]
    assert prepay_id.startswith("wx")


async def test_same_order_again_is_the_same_payment(stage: Stage) -> None:
    order = stage.order()
    assert await stage.pay.jsapi_order(order) == await stage.pay.jsapi_order(order)


async def test_same_number_with_another_amount_is_refused(stage: Stage) -> None:
    order = stage.order(1990)
    await stage.pay.jsapi_order(order)
    with pytest.raises(ProviderRefused) as refused:
        await stage.pay.jsapi_order(stage.order(1, out_trade_no=order.out_trade_no))
    assert refused.value.code == "INVALID_REQUEST"


async def test_paid_and_closed_numbers_cannot_be_ordered_again(stage: Stage) -> None:
    paid, closed = await stage.paid(), stage.order()
    await stage.pay.jsapi_order(closed)
    await stage.pay.close(closed.out_trade_no)
    with pytest.raises(AlreadyPaid):
        await stage.pay.jsapi_order(paid)
    with pytest.raises(OrderClosed):
        await stage.pay.jsapi_order(closed)


async def test_pay_after_close_moves_no_money(stage: Stage) -> None:
    order = stage.order()
    await stage.pay.jsapi_order(order)
    await stage.pay.close(order.out_trade_no)
    await stage.pay.close(order.out_trade_no)
    assert await stage.press_pay(order.out_trade_no) == "closed"
    assert (await stage.pay.query_by_out_trade_no(order.out_trade_no)).state is TradeState.CLOSED
    assert not stage.shop.accepted


async def test_close_after_pay_says_that_it_is_paid(stage: Stage) -> None:
    order = await stage.paid()
    with pytest.raises(AlreadyPaid):
        await stage.pay.close(order.out_trade_no)


async def test_unknown_numbers(stage: Stage) -> None:
    for call in (stage.pay.query_by_out_trade_no, stage.pay.close, stage.pay.query_refund):
        with pytest.raises(NotFound):
            await call("nobody-knows-it")


async def test_expired_order_cannot_be_paid(stage: Stage) -> None:
    order = stage.order()
    await stage.pay.jsapi_order(order)
    stage.advance(15 * 60)
    assert await stage.press_pay(order.out_trade_no) == "expired"
    assert not stage.shop.accepted


async def test_late_payment_arrives_after_the_expiry(stage: Stage) -> None:
    """Rule 3: whoever began to pay in time may be charged later; a close meanwhile is refused."""
    order = stage.order()
    await stage.pay.jsapi_order(order)
    stage.arm(FaultKind.PAY_LATE, seconds=3600)
    assert await stage.press_pay(order.out_trade_no) == "pending"
    with pytest.raises(PaymentInProgress):
        await stage.pay.close(order.out_trade_no)
    stage.advance(3601)
    await stage.sandbox.deliver_due()
    found = await stage.pay.query_by_out_trade_no(order.out_trade_no)
    assert found.paid
    assert found.success_time == START + timedelta(seconds=3601)
    assert len(stage.shop.accepted) == 1


async def test_refused_payment_can_be_tried_again(stage: Stage) -> None:
    order = stage.order()
    await stage.pay.jsapi_order(order)
    stage.arm(FaultKind.PAY_REFUSED)
    assert await stage.press_pay(order.out_trade_no) == "refused"
    assert await stage.press_pay(order.out_trade_no) == "paid"


async def test_odd_out_trade_no_is_signed_as_sent(stage: Stage) -> None:
    order = stage.order(out_trade_no="A-b_c|d*1")
    await stage.pay.jsapi_order(order)
    await stage.pay.close(order.out_trade_no)
    found = await stage.pay.query_by_out_trade_no(order.out_trade_no)
    assert found.out_trade_no == "A-b_c|d*1"


@pytest.mark.parametrize("number", ["short", "x" * 33, "with space", "ünïcode"])
async def test_bad_numbers_never_leave_the_house(stage: Stage, number: str) -> None:
    with pytest.raises(ValueError, match="out_trade_no"):
        stage.order(out_trade_no=number)


async def test_a_5xx_is_repeated_with_the_same_number(stage: Stage) -> None:
    stage.arm(FaultKind.API_500, times=2)
    order = stage.order()
    await stage.pay.jsapi_order(order)
    assert len((await stage.desk.get("/desk/api/ledger")).json()["trades"]) == 1


async def test_done_but_answered_500_is_done_once(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.API_500_AFTER)
    state = await _refund(stage, order.out_trade_no, "R1", 500)
    assert state.amount_fen == 500
    refunds = (await stage.desk.get("/desk/api/ledger")).json()["refunds"]
    assert [refund["amount_fen"] for refund in refunds] == [500]


async def test_a_lasting_5xx_is_an_unknown_outcome(stage: Stage) -> None:
    stage.arm(FaultKind.API_500, times=3)
    with pytest.raises(ProviderUnavailable):
        await stage.pay.jsapi_order(stage.order())
    assert not stage.sandbox.faults.armed()


async def test_a_lost_answer_is_not_repeated(stage: Stage) -> None:
    calls: list[str] = []

    def lose(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        raise httpx.ReadTimeout("lost", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(lose)) as http:
        with pytest.raises(ProviderUnavailable):
            await WeChatPay(pay_config(stage.sandbox), http, stage.clock).close("T00000001")
    assert calls == ["POST"]


async def test_frequency_limit_has_a_name(stage: Stage) -> None:
    stage.arm(FaultKind.API_FREQUENCY_LIMITED)
    with pytest.raises(FrequencyLimited):
        await stage.pay.jsapi_order(stage.order())


async def test_a_badly_signed_answer_counts_as_none(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.API_BAD_SIGNATURE)
    with pytest.raises(UntrustedAnswer):
        await stage.pay.query_by_out_trade_no(order.out_trade_no)


async def test_a_badly_signed_refusal_counts_as_none(stage: Stage) -> None:
    """A forged "there is no such order" would make us release a seat that was paid."""
    stage.arm(FaultKind.API_BAD_SIGNATURE)
    with pytest.raises(UntrustedAnswer):
        await stage.pay.query_by_out_trade_no("nobody-knows-it")


async def test_an_answer_from_a_skewed_clock_counts_as_none(stage: Stage) -> None:
    await stage.desk.post("/control/clock-skew", json={"seconds": -400})
    with pytest.raises(UntrustedAnswer, match="too far"):
        await stage.pay.query_by_out_trade_no("nobody-knows-it")
    await stage.desk.post("/control/clock-skew", json={"seconds": 299})
    with pytest.raises(NotFound):
        await stage.pay.query_by_out_trade_no("nobody-knows-it")


async def test_the_sandbox_refuses_requests_signed_by_others(stage: Stage) -> None:
    config = pay_config(stage.sandbox)
    stranger = (stage.sandbox.settings.folder / "platform_key.pem").read_text()
    for change in ({"private_key_pem": stranger}, {"cert_serial": "00"}, {"mchid": "1900000000"}):
        fields = {name: getattr(config, name) for name in config.__slots__} | change
        with pytest.raises(ProviderRefused) as refused:
            await WeChatPay(type(config)(**fields), stage.http, stage.clock).close("T00000001")
        assert (refused.value.status, refused.value.code) == (401, "SIGN_ERROR")


async def test_the_sandbox_verifies_the_body_as_sent(stage: Stage) -> None:
    """Change one byte between our signature and the sandbox: refused."""
    inner = httpx.ASGITransport(stage.http._transport.app)  # type: ignore[attr-defined]

    class Meddler(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content = request.content.replace(b'"total": 1990', b'"total": 1991')
            changed = httpx.Request(request.method, request.url, headers=request.headers, content=content)
            return await inner.handle_async_request(changed)

    async with httpx.AsyncClient(transport=Meddler()) as http:
        with pytest.raises(ProviderRefused) as refused:
            await WeChatPay(pay_config(stage.sandbox), http, stage.clock).jsapi_order(stage.order(1990))
    assert refused.value.code == "SIGN_ERROR"


async def test_the_invocation_is_signed_over_four_lines(stage: Stage) -> None:
    prepay_id = await stage.pay.jsapi_order(stage.order())
    made = stage.pay.jsapi_invocation(prepay_id).as_dict()
    assert all(isinstance(value, str) for value in made.values())
    assert made["package"] == f"prepay_id={prepay_id}"
    key = load_private_key((stage.sandbox.settings.folder / "merchant_key.pem").read_text()).public_key()
    text = lines(made["appId"], made["timeStamp"], made["nonceStr"], made["package"])
    assert is_signed(key, text, made["paySign"])
    assert not is_signed(key, text + b" ", made["paySign"])


async def _refund(stage: Stage, number: str, refund_no: str, fen: int, total: int = 1990) -> RefundState:
    return await stage.pay.refund(
        out_trade_no=number, out_refund_no=refund_no, amount_fen=fen, total_fen=total, reason="未成團"
    )


async def test_refund_is_accepted_then_done_then_told(stage: Stage) -> None:
    order = await stage.paid()
    accepted = await _refund(stage, order.out_trade_no, "R1", 1990)
    assert accepted.status is RefundStatus.PROCESSING
    stage.advance(2)
    await stage.sandbox.deliver_due()
    done = await stage.pay.query_refund("R1")
    assert (done.status, done.amount_fen, done.total_fen) == (RefundStatus.SUCCESS, 1990, 1990)
    notice = stage.shop.accepted[-1]
    assert notice.event_type == "REFUND.SUCCESS"
    assert notice.refund.out_refund_no == "R1"  # type: ignore[union-attr]
    assert (await stage.pay.query_by_out_trade_no(order.out_trade_no)).state is TradeState.REFUND


async def test_the_same_refund_number_pays_back_once(stage: Stage) -> None:
    order = await stage.paid()
    first = await _refund(stage, order.out_trade_no, "R1", 900)
    again = await _refund(stage, order.out_trade_no, "R1", 900)
    assert first.refund_id == again.refund_id
    with pytest.raises(ProviderRefused) as refused:
        await _refund(stage, order.out_trade_no, "R1", 901)
    assert refused.value.code == "INVALID_REQUEST"


async def test_refunds_never_exceed_the_payment(stage: Stage) -> None:
    order = await stage.paid(1000)
    await _refund(stage, order.out_trade_no, "R1", 600, 1000)
    stage.advance(60)
    with pytest.raises(ProviderRefused) as refused:
        await _refund(stage, order.out_trade_no, "R2", 401, 1000)
    assert refused.value.code == "INVALID_REQUEST"
    await _refund(stage, order.out_trade_no, "R3", 400, 1000)


async def test_partial_refunds_are_a_minute_apart(stage: Stage) -> None:
    """Rule 4."""
    order = await stage.paid()
    await _refund(stage, order.out_trade_no, "R1", 100)
    stage.advance(59)
    with pytest.raises(FrequencyLimited):
        await _refund(stage, order.out_trade_no, "R2", 100)
    stage.advance(1)
    await _refund(stage, order.out_trade_no, "R2", 100)


async def test_at_most_fifty_refunds_of_an_order(stage: Stage) -> None:
    order = await stage.paid()
    for index in range(50):
        stage.advance(60)
        await _refund(stage, order.out_trade_no, f"R{index}", 1)
    stage.advance(60)
    with pytest.raises(ProviderRefused, match="50"):
        await _refund(stage, order.out_trade_no, "R50", 1)


async def test_an_unpaid_order_cannot_be_refunded(stage: Stage) -> None:
    order = stage.order()
    await stage.pay.jsapi_order(order)
    with pytest.raises(ProviderRefused):
        await _refund(stage, order.out_trade_no, "R1", 1)
    with pytest.raises(NotFound):
        await _refund(stage, "nobody-knows-it", "R1", 1)


async def test_an_abnormal_refund_waits_for_an_operator(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.REFUND_ABNORMAL)
    await _refund(stage, order.out_trade_no, "R1", 1990)
    stage.advance(2)
    await stage.sandbox.deliver_due()
    assert stage.shop.accepted[-1].event_type == "REFUND.ABNORMAL"
    assert (await stage.pay.query_refund("R1")).status is RefundStatus.ABNORMAL
    await stage.desk.post("/control/refunds/R1/repair")
    await stage.sandbox.deliver_due()
    assert (await stage.pay.query_refund("R1")).status is RefundStatus.SUCCESS


async def test_a_closed_refund_leaves_the_money_to_be_refunded(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.REFUND_CLOSED)
    await _refund(stage, order.out_trade_no, "R1", 1990)
    stage.advance(60)
    await stage.sandbox.deliver_due()
    assert stage.shop.accepted[-1].event_type == "REFUND.CLOSED"
    await _refund(stage, order.out_trade_no, "R2", 1990)


async def test_the_refund_notice_can_come_before_the_answer(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.REFUND_NOTICE_FIRST)
    told: list[int] = []
    accepted = await _refund(stage, order.out_trade_no, "R1", 1990)
    told.append(len(stage.shop.accepted))
    assert accepted.status is RefundStatus.PROCESSING
    assert told == [2], "the notice is there when the answer comes"
    assert stage.shop.accepted[-1].event_type == "REFUND.SUCCESS"


async def test_h5_order_leads_to_the_cashier(stage: Stage) -> None:
    url = await stage.pay.h5_order(stage.order())
    assert url.startswith(f"{DESK}/cashier/wx")
    assert stage.pay.h5_cashier_url(url, "http://shop.test/r?a=1").endswith(
        "&redirect_url=http%3A%2F%2Fshop.test%2Fr%3Fa%3D1"
    )


async def test_the_bills_of_both_sides_agree(stage: Stage) -> None:
    """Money is conserved to the fen in the sandbox's ledger."""
    for fen in (1, 99, 12345):
        order = await stage.paid(fen)
        await _refund(stage, order.out_trade_no, f"R{fen}", fen, fen)
    ledger = (await stage.desk.get("/desk/api/ledger")).json()
    assert sorted(trade["amount_fen"] for trade in ledger["trades"]) == [1, 99, 12345]
    for trade in ledger["trades"]:
        refunded = sum(r["amount_fen"] for r in ledger["refunds"] if r["out_trade_no"] == trade["out_trade_no"])
        assert refunded == trade["refunded_fen"] == trade["amount_fen"]
