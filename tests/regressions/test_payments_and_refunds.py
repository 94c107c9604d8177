"""Complaints 12 to 18: callbacks that race, come twice or too early, and refunds that are lost or repeated."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from chengtuan.platform.transactions import CallInTransaction
from tests.regressions.evidence import ORDERS, buyers, later, ledger, misbehave, rows, sound
from tests.support.shop import Buyer, Shop

CALLBACK = "/api/v1/payments/callbacks/wechat/transactions"


async def _failed_group(shop: Shop) -> tuple[Buyer, str]:
    """Somebody alone in a group of two; its time is over when the next hour has passed."""
    campaign = await shop.campaign([2], [8000], group_duration_s=3600)
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    await buyer.pay(order["id"])
    return buyer, order["id"]


async def _refund(shop: Shop, buyer: Buyer, order_id: str) -> dict[str, object]:
    [refund] = (await buyer.see(order_id))["refunds"]
    return dict(refund)


async def test_confirmation_and_callback_together_make_one_order(shop: Shop) -> None:
    """https://github.com/medusajs/medusa/issues/13301 (also 12790, 2948, 3146 and pull 15930)

    The shopper's return from the cashier raced with the webhook, and orders went missing.
    """
    people = await buyers(shop, 5)
    orders = [await buyer.order("solo") for buyer in people]
    for buyer, order in zip(people, orders, strict=True):
        await buyer.pay_at(await buyer.hand_over(order["id"]))
    sandbox = shop.world.sandbox_app.state.sandbox
    await asyncio.gather(
        sandbox.deliver_due(),
        *(b.person.post(f"{ORDERS}/{o['id']}/sync") for b, o in zip(people, orders, strict=True) for _ in range(2)),
    )
    await shop.world.settle()
    assert [(await b.see(o["id"]))["status"] for b, o in zip(people, orders, strict=True)] == ["to_ship"] * 5
    assert rows(shop, "select count(*) from payments.entry where kind = 'payment' and amount_fen > 0") == [(5,)]
    await sound(shop)


async def test_who_comes_back_from_the_cashier_is_told_at_once_whether_anything_was_paid(shop: Shop) -> None:
    """Without it the shop's result page can only wait and see, also for somebody who gave up at the cashier."""
    [buyer] = await buyers(shop, 1)
    order = (await buyer.order("solo"))["id"]
    where = await buyer.hand_over(order)

    async def asked() -> tuple[str, bool]:
        answer = (await buyer.person.post(f"{ORDERS}/{order}/sync")).json()
        return answer["status"], answer["money_arrived"]

    assert await asked() == ("pending_payment", False)
    await buyer.pay_at(where)
    assert await asked() == ("pending_payment", True)  # the order itself hears of it a moment later
    await shop.world.settle()
    assert await asked() == ("to_ship", False)


async def test_cancelling_while_the_callback_comes_has_one_outcome(shop: Shop) -> None:
    """https://github.com/saleor/saleor/issues/12652: checkout and payment webhooks raced (locks in pull 12647)."""
    people = await buyers(shop, 5)
    orders = [await buyer.order("solo") for buyer in people]
    hand_overs = [await b.hand_over(o["id"]) for b, o in zip(people, orders, strict=True)]
    await asyncio.gather(
        *(buyer.pay_at(where) for buyer, where in zip(people, hand_overs, strict=True)),
        *(b.person.post(f"{ORDERS}/{o['id']}/cancel") for b, o in zip(people, orders, strict=True)),
    )
    await later(shop, minutes=2)
    seen = [await b.see(o["id"]) for b, o in zip(people, orders, strict=True)]
    assert {order["status"] for order in seen} <= {"to_ship", "cancelled"}
    assert all(order["refunded_fen"] == order["paid_fen"] for order in seen if order["status"] == "cancelled")
    await sound(shop)


async def test_a_second_notice_overwrites_nothing(shop: Shop) -> None:
    """https://github.com/YunaiV/ruoyi-vue-pro/issues/350: SUCCESS overwritten by a concurrent second notice."""
    told: list[httpx.Request] = []

    async def keep(request: httpx.Request) -> None:
        told.append(request)

    shop.world.sandbox_app.state.sandbox._http.event_hooks["request"].append(keep)
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}
    shipped = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", parcel)
    assert shipped.status_code == 201, shipped.text
    [notice] = [request for request in told if request.url.path == CALLBACK]
    headers = {name: value for name, value in notice.headers.items() if name != "host"}
    again = [shop.world.client.post(CALLBACK, content=notice.content, headers=headers) for _ in range(5)]
    assert {answer.status_code for answer in await asyncio.gather(*again)} == {204}
    await shop.world.settle()
    assert (await buyer.see(order["id"]))["status"] == "shipped"
    await sound(shop)


async def test_a_failed_refund_is_tried_again(shop: Shop) -> None:
    """https://github.com/YunaiV/ruoyi-vue-pro/issues/1031 and /issues/1163: it never could be."""
    buyer, order_id = await _failed_group(shop)
    await misbehave(shop, "refund_closed")
    await later(shop, hours=1)
    await later(shop, minutes=2)
    assert (await _refund(shop, buyer, order_id))["status"] == "abnormal"
    refund_id = rows(shop, "select id from trade.refund")[0][0]
    retried = await shop.merchant.post(f"/api/v1/trade/console/refunds/{refund_id}/retry")
    assert retried.status_code == 200, retried.text
    await later(shop, minutes=2)
    await later(shop, minutes=2)
    assert (await _refund(shop, buyer, order_id))["status"] == "succeeded"
    await sound(shop)


async def test_an_order_paid_through_two_channels_is_paid_once(shop: Shop) -> None:
    """https://github.com/YunaiV/ruoyi-vue-pro/issues/1152: the second payment rolled back and was lost."""
    buyer = await shop.shopper(1)
    rows(shop, "update accounts.person set openid = 'o-lin' where id = %s returning id", buyer.person.id)
    order = await buyer.order("solo")
    by_browser = await buyer.hand_over(order["id"])
    path = f"{ORDERS}/{order['id']}/pay"
    in_wechat = (await buyer.person.post(path, {"channel": "wechat_jsapi"})).json()
    prepay_id = in_wechat["jsapi"]["package"].partition("=")[2]
    second = await shop.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
    assert (second.json()["result"], await buyer.pay_at(by_browser)) == ("paid", "paid")
    await shop.world.settle()  # the refund is asked for, before the time that the provider takes for it
    await later(shop, minutes=2)
    seen = await buyer.see(order["id"])
    assert (seen["status"], seen["paid_fen"], seen["refunded_fen"]) == ("to_ship", 20000, 10000)
    assert [refund["reason"] for refund in seen["refunds"]] == ["late_payment"]
    await sound(shop)


async def test_the_provider_is_never_asked_inside_a_transaction(shop: Shop) -> None:
    """https://github.com/YunaiV/ruoyi-vue-pro/issues/1152, second half: a refund hung in the caller's transaction."""
    composition = shop.world.composition
    for module in composition.running.values():
        async with module.database.write():
            with pytest.raises(CallInTransaction):
                await composition.outside.post("http://sandbox.test/v3/refund/domestic/refunds")


async def test_the_provider_is_content_with_our_answers(shop: Shop) -> None:
    """https://github.com/binarywang/WxJava/issues/2501 and /issues/3355

    A wrong answer to refund notices, and to payment notices, made WeChat repeat them for ever.
    """
    await _failed_group(shop)
    await later(shop, hours=1)
    await later(shop, minutes=2)
    notices = (await ledger(shop))["notices"]
    assert Counter(notice["event_type"] for notice in notices) == {"TRANSACTION.SUCCESS": 1, "REFUND.SUCCESS": 1}
    assert {(notice["status"], notice["attempts"]) for notice in notices} == {("delivered", 1)}


@pytest.mark.parametrize("signature", ["", " ", None])
async def test_an_empty_signature_is_no_signature(shop: Shop, signature: str | None) -> None:
    """https://github.com/binarywang/WxJava/issues/1890: an empty signature skipped the check."""
    order = await (await shop.shopper(1)).order("solo")
    headers = {
        "Wechatpay-Serial": shop.world.environ["CHENGTUAN_WECHAT_PAY_PUBLIC_KEY_ID"],
        "Wechatpay-Timestamp": str(int(shop.world.clock.now().timestamp())),
        "Wechatpay-Nonce": "nonce",
    }
    if signature is not None:
        headers["Wechatpay-Signature"] = signature
    body = {"id": "1", "event_type": "TRANSACTION.SUCCESS", "resource": {"ciphertext": order["number"]}}
    answer = await shop.world.client.post(CALLBACK, json=body, headers=headers)
    assert answer.status_code == 401
    assert rows(shop, "select count(*) from payments.notice") == [(0,)]


async def test_numbers_do_not_come_from_the_time(shop: Shop) -> None:
    """https://github.com/binarywang/WxJava/issues/3137: payment and refund got one number from one timestamp.

    The clock stands still here: ten payments and ten refunds still have twenty numbers.
    """
    campaign = await shop.campaign([2], [8000], group_duration_s=3600)
    for buyer in await buyers(shop, 10):
        await buyer.pay((await buyer.open(campaign))["id"], settle=False)
    await shop.world.settle()
    await later(shop, hours=1)
    await later(shop, minutes=2)
    books = await ledger(shop)
    numbers = [t["out_trade_no"] for t in books["trades"]] + [r["out_refund_no"] for r in books["refunds"]]
    assert len(numbers) == len(set(numbers)) == 20
    await sound(shop)


async def test_the_provider_need_not_sign_in(shop: Shop) -> None:
    """https://github.com/likeadmin-likeshop/likeshop/pull/18: the callback asked WeChat for a login."""
    seen: list[str | None] = []

    async def keep(request: httpx.Request) -> None:
        seen.append(request.headers.get("authorization"))

    shop.world.sandbox_app.state.sandbox._http.event_hooks["request"].append(keep)
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    assert seen == [None]
    assert (await buyer.see(order["id"]))["status"] == "to_ship"


async def test_a_notice_before_our_answer_is_not_forgotten(shop: Shop) -> None:
    """https://github.com/duncanmcclean/statamic-cargo/issues/190

    The webhook came before the order existed, was answered 200, and the order stayed pending for ever. Our
    row exists before the provider knows the order, so even a payer who is faster than our answer is heard.
    """
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await misbehave(shop, "api_500_after", times=9)  # the provider has the order; we have not heard so
    way = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
    assert (await buyer.person.post(f"{ORDERS}/{order['id']}/pay", way)).status_code == 503
    await shop.world.partner.delete("/control/faults")
    [(number,)] = rows(shop, "select out_trade_no from payments.payment")
    paid = await shop.world.partner.post("/desk/api/pay", json={"out_trade_no": number})
    assert paid.json()["result"] == "paid"
    await shop.world.settle()
    assert (await buyer.see(order["id"]))["status"] == "to_ship"
    await sound(shop)


async def test_an_order_is_paid_though_the_shopper_never_comes_back(shop: Shop) -> None:
    """https://github.com/duncanmcclean/statamic-cargo/pull/139: who closed the tab had no order."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    hand_over = await buyer.hand_over(order["id"])
    await misbehave(shop, "callback_lost")
    await buyer.pay_at(hand_over)
    await later(shop, minutes=1)
    assert (await buyer.see(order["id"]))["status"] == "to_ship", "found by asking, without callback or shopper"


async def test_money_has_one_order_however_often_it_is_asked_for(shop: Shop) -> None:
    """https://github.com/razorpay/razorpay-prestashop/issues/64: money without order, or two orders for it."""
    buyer = await shop.shopper(1)
    key = uuid4()
    answers = await asyncio.gather(*(buyer.try_order("solo", key=key) for _ in range(5)))
    [order_id] = {answer.json()["id"] for answer in answers}
    await misbehave(shop, "callback_duplicated")
    await buyer.pay(order_id)
    assert rows(shop, "select count(*), sum(paid_fen) from trade.shop_order") == [(1, 10000)]
    await sound(shop)
