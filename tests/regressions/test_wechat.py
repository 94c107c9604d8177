"""What others' shops met at WeChat's door: probes, vouchers, addresses, tokens, empty accounts."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chengtuan.gateways.sandbox.refunds import Refunds
from chengtuan.gateways.sandbox.refusals import Refusal
from chengtuan.gateways.wechat import parsing
from chengtuan.gateways.wechat.access_token import AccessToken
from chengtuan.kernel.clock import MovableClock
from tests.regressions.evidence import ORDERS, later, misbehave, rows, sound
from tests.support.shop import Shop

CALLBACK = "/api/v1/payments/callbacks/wechat/transactions"
Hook = Callable[[Any], Awaitable[None]]


def _listen(client: httpx.AsyncClient, kind: str, hook: Hook) -> None:
    client.event_hooks = client.event_hooks | {kind: [*client.event_hooks[kind], hook]}


async def test_a_probe_is_refused_and_spoils_nothing(shop: Shop) -> None:
    """https://github.com/binarywang/WxJava/pull/3422 and https://github.com/wechatpay-apiv3/wechatpay-php/issues/139

    WeChat Pay signs some notices and answers wrongly on purpose. The notice was an internal error, and the answer
    ended what was under way. A probe is refused; the notice comes again, and we ask again.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    asked: list[str] = []

    async def probe_once(response: httpx.Response) -> None:
        if response.request.url.path.startswith("/v3/"):
            asked.append(response.request.url.path)
            if len(asked) == 1:
                response.headers["Wechatpay-Signature"] = (
                    "WECHATPAY/SIGNTEST/" + response.headers["Wechatpay-Signature"]
                )

    _listen(shop.world.composition.outside, "response", probe_once)
    await misbehave(shop, "callback_probe")
    where = await buyer.hand_over(order["id"])
    assert asked == ["/v3/pay/transactions/h5"] * 2
    await buyer.pay_at(where)
    await shop.world.settle()
    await later(shop, seconds=15)
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    assert rows(shop, "select outcome, deliveries from payments.notice") == [("applied", 1)]
    await sound(shop)


def test_an_order_paid_with_a_voucher_is_paid() -> None:
    """https://github.com/ai-shifu/ai-shifu/pull/1598, https://github.com/binarywang/WxJava/issues/712 and /issues/459,
    https://github.com/silenceper/wechat/issues/203

    The payer pays less than the order where WeChat gives a voucher: comparing with what the payer paid, or choking
    on the fields that come along, left such orders unpaid.
    """
    told = parsing.transaction(
        {
            "out_trade_no": "T00000001", "mchid": "1", "appid": "wx1", "trade_state": "SUCCESS", "trade_type": "JSAPI",
            "transaction_id": "42000001", "success_time": "2026-06-01T12:00:00+08:00", "payer": {"openid": "o1"},
            "amount": {"total": 10000, "payer_total": 9000, "currency": "CNY", "payer_currency": "CNY"},
            "promotion_detail": [{"coupon_id": "1", "amount": 1000, "type": "CASH", "scope": "GLOBAL"}],
        }
    )  # fmt: skip
    assert (told.paid, told.amount_fen) == (True, 10000)
    back = parsing.refund(
        {
            "out_refund_no": "R1", "refund_id": "50", "out_trade_no": "T00000001", "transaction_id": "42000001",
            "status": "SUCCESS", "success_time": "2026-06-02T12:00:00+08:00",
            "amount": {"total": 10000, "refund": 10000, "payer_total": 9000, "payer_refund": 9000, "currency": "CNY"},
        },
        status_field="status",
    )  # fmt: skip
    assert (back.amount_fen, back.total_fen) == (10000, 10000)


async def test_the_cashier_is_told_where_the_payer_is(shop: Shop) -> None:
    """https://github.com/yansongda/pay/issues/240, https://github.com/helei112g/payment/issues/172,
    https://github.com/w7corp/easywechat/issues/968, https://github.com/supersheep/wechat-pay/issues/8

    "网络环境未能通过安全验证": H5 payments fail if the address we tell is the proxy's, a list, or `::ffff:…`.
    """
    buyer = await shop.shopper(1)
    told: list[str] = []

    async def keep(request: httpx.Request) -> None:
        if request.url.path == "/v3/pay/transactions/h5":
            told.append(json.loads(request.content)["scene_info"]["payer_client_ip"])

    _listen(shop.world.composition.outside, "request", keep)
    app = buyer.person.client._transport.app  # type: ignore[attr-defined]
    for peer, forwarded in (
        ("::ffff:203.0.113.9", None),
        ("127.0.0.1", "203.0.113.9"),
        ("::ffff:127.0.0.1", "198.51.100.1, ::ffff:203.0.113.9"),
        ("2001:db8::7", "203.0.113.9"),
    ):
        path = f"{ORDERS}/{(await buyer.order('solo'))['id']}/pay"
        headers = buyer.person._headers() | {"Idempotency-Key": str(uuid4())}
        headers |= {"X-Forwarded-For": forwarded} if forwarded else {}
        from_there = httpx.ASGITransport(app, client=(peer, 40000))
        async with httpx.AsyncClient(transport=from_there, base_url=buyer.person.client.base_url) as phone:
            body = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
            assert (await phone.post(path, json=body, headers=headers)).status_code == 200
    assert told == ["203.0.113.9"] * 3 + ["2001:db8::7"]


async def test_twenty_who_need_a_token_at_once_fetch_one(clock: MovableClock) -> None:
    """https://github.com/binarywang/WxJava/issues/1293 and /issues/1300, https://github.com/w7corp/easywechat/issues/696,
    https://github.com/node-webot/wechat-api/issues/179: all fetched one, each of which ended the one before; and
    whoever came late with the old one's end threw the fresh one away.
    """
    fetched: list[str] = []

    async def fetch() -> tuple[str, int]:
        await asyncio.sleep(0)
        fetched.append(f"token {len(fetched)}")
        return fetched[-1], 7200

    token = AccessToken(clock, fetch)
    assert set(await asyncio.gather(*(token.get() for _ in range(20)))) == {"token 0"}
    for _ in range(20):
        token.forget("token 0")
    assert set(await asyncio.gather(*(token.get() for _ in range(20)))) == {"token 1"}
    token.forget("token 0")  # a late one
    clock.advance(timedelta(minutes=100))
    assert (await token.get(), len(fetched)) == ("token 1", 2)


async def test_a_refund_from_an_empty_account_goes_once_there_is_money(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://github.com/binarywang/WxJava/issues/716 and /issues/693, https://github.com/helei112g/payment/issues/68

    "基本账户余额不足": the refusal was a crash, and the refund was lost. It waits, is shown to the merchant with
    the provider's words, and goes by itself once the account is filled.
    """
    campaign = await shop.campaign([2], [8000])
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    await buyer.pay(order["id"])

    def refuse(*_: object) -> None:
        raise Refusal(403, "NOT_ENOUGH", "基本账户余额不足,请充值后重新发起")

    with monkeypatch.context() as empty:
        empty.setattr(Refunds, "_check", refuse)
        await later(shop, hours=1)
        await later(shop, minutes=2)
    [waiting] = (await shop.merchant.get("/api/v1/trade/console/refunds", status="abnormal")).json()["items"]
    assert (waiting["trouble"], "基本账户余额不足" in waiting["trouble_words"]) == ("refused", True)
    await later(shop, hours=1)
    await later(shop, minutes=2)
    assert (await buyer.see(order["id"]))["refunded_fen"] == 8000
    await sound(shop)
