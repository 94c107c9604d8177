"""Complaints 26 to 32: orders that are free, prices from the client, other people's orders, and worse."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.databases import fingerprint
from tests.api.routes import operations
from tests.regressions.evidence import ORDERS, rows
from tests.support.shop import Buyer, Shop

TO_PAY = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}


def _database(shop: Shop) -> str:
    return shop.world.environ["CHENGTUAN_DATABASE_URL"]


async def _rich_shop(shop: Shop) -> tuple[Buyer, dict[str, str]]:
    """A buyer with an unpaid order and a paid seat in an open group; the ids that paths may name."""
    campaign = await shop.campaign([3], [8000])
    buyer = await shop.shopper(1)
    group = await buyer.open(campaign)
    await buyer.pay(group["id"])
    unpaid = await buyer.order("solo")
    return buyer, {
        "order_id": unpaid["id"],
        "group_id": group["group_id"],
        "campaign_id": campaign["id"],
        "product_id": shop.product_id,
        "sku_id": shop.sku_id,
        "address_id": buyer.address_id,
    }


@pytest.mark.parametrize("text", ["' or '1'='1", "1; drop table trade.shop_order", "%' union select 1 --", "\\'"])
async def test_text_is_never_a_statement(shop: Shop, text: str) -> None:
    """https://github.com/crmeb/CRMEB/issues/87, CVE-2024-36837, and crmeb_java 9, 10, 11, 13, 14, 20: SQL injection."""
    buyer, _ = await _rich_shop(shop)
    before = fingerprint(_database(shop))
    found = await shop.world.client.get("/api/v1/trade/listings", params={"q": text})
    assert (found.status_code, found.json().get("items")) == (200, []), found.text
    for path in (f"{ORDERS}/{text}", f"/api/v1/trade/groups/{text}"):
        assert (await buyer.person.get(path)).status_code in (404, 422)
    asked = await shop.merchant.get("/api/v1/trade/console/orders", q=text)
    assert (asked.status_code, asked.json().get("items")) == (200, []), asked.text
    assert fingerprint(_database(shop)) == before


async def test_a_shopper_is_no_merchant(shop: Shop) -> None:
    """https://github.com/crmeb/CRMEB/issues/119: the check of rights was always true."""
    buyer, ids = await _rich_shop(shop)
    before = fingerprint(_database(shop))
    asked = 0
    for operation in operations(shop.world.api):
        if operation.access in ("staff", "platform"):
            path = operation.path.format(**(dict.fromkeys(_names(operation.path), str(uuid4())) | ids))
            answer = await shop.world.client.request(operation.method, path, headers=buyer.person._headers())
            assert answer.status_code in (401, 403, 422), (operation.id, answer.status_code)
            asked += 1
    assert asked >= 20
    assert fingerprint(_database(shop)) == before


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


async def test_nothing_that_a_client_says_makes_an_order_paid(shop: Shop) -> None:
    """https://github.com/macrozheng/mall/issues/613: the client called paySuccess and had a free order.

    Every route for shoppers that names an order is called, with claims of payment in the body.
    """
    buyer, ids = await _rich_shop(shop)
    claims = TO_PAY | {"status": "paid", "paid_fen": 10000, "amount_fen": 1, "pay_status": 1, "transaction_id": "42"}
    asked = 0
    for operation in operations(shop.world.api):
        if operation.access == "shopper" and "{order_id}" in operation.path and operation.id != "cancel_own_order":
            await buyer.person.client.request(
                operation.method,
                operation.path.format(**ids),
                headers=buyer.person._headers() | {"Idempotency-Key": str(uuid4())},
                json=claims if operation.method != "GET" else None,
            )
            asked += 1
    await shop.world.settle()
    assert asked >= 4
    seen = await buyer.see(ids["order_id"])
    assert (seen["status"], seen["paid_fen"]) == ("pending_payment", 0)
    assert rows(shop, "select amount_fen from payments.payment where status = 'pending'") == [(10000,)]


@pytest.mark.parametrize("action", ["cancel", "pay", "sync", "confirm-receipt"])
async def test_nobody_touches_anothers_order(shop: Shop, action: str) -> None:
    """https://github.com/macrozheng/mall/issues/925 and /issues/931 (cancelling), crmeb/CRMEB/issues/120 (IDOR)"""
    _, ids = await _rich_shop(shop)
    stranger = await shop.shopper(2)
    before = fingerprint(_database(shop))
    answer = await stranger.person.post(f"{ORDERS}/{ids['order_id']}/{action}", TO_PAY if action == "pay" else None)
    assert (answer.status_code, answer.json()["code"]) == (404, "trade/order-not-found")
    await shop.world.settle()
    assert fingerprint(_database(shop)) == before


async def test_the_amount_to_pay_is_not_the_clients(shop: Shop) -> None:
    """https://github.com/macrozheng/mall/issues/998: the payment's amount was taken from the client."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", quantity=2)
    body = TO_PAY | {"amount_fen": 1, "total": 1, "payable_fen": 1}
    answer = await buyer.person.post(f"{ORDERS}/{order['id']}/pay", body)
    assert answer.status_code in (200, 422)
    await buyer.hand_over(order["id"])
    [trade] = (await shop.world.partner.get("/desk/api/ledger")).json()["trades"]
    assert trade["amount_fen"] == 20000


async def test_reading_changes_nothing(shop: Shop) -> None:
    """https://github.com/newbee-ltd/newbee-mall/issues/82, 100, 120 (GET /paySuccess by anybody), 107 (GET orders)

    Every GET, by nobody, by the buyer and by the merchant: no row changes.
    """
    buyer, ids = await _rich_shop(shop)
    before = fingerprint(_database(shop))
    endless = {"follow_group", "await_group_change"}
    asked = 0
    for operation in operations(shop.world.api):
        if operation.method == "GET" and operation.id not in endless:
            path = operation.path.format(**(dict.fromkeys(_names(operation.path), str(uuid4())) | ids))
            for headers in ({}, buyer.person._headers(), shop.merchant._headers()):
                await shop.world.client.get(path, headers=headers)
                asked += 1
    await shop.world.settle()
    assert asked >= 60
    assert fingerprint(_database(shop)) == before


async def test_no_cookie_says_who_asks(shop: Shop) -> None:
    """https://github.com/newbee-ltd/newbee-mall/issues/113: forged requests from other sites, by the cookie."""
    buyer, ids = await _rich_shop(shop)
    answer = await buyer.person.get(f"{ORDERS}/{ids['order_id']}")
    assert "set-cookie" not in answer.headers
    with_cookie = await shop.world.client.post(
        f"{ORDERS}/{ids['order_id']}/cancel", headers={"Cookie": f"session={buyer.person.token}"}
    )
    assert (with_cookie.status_code, with_cookie.json()["code"]) == (401, "platform/not-signed-in")


@pytest.mark.parametrize("quantity", [-1, -100, 0])
async def test_a_negative_quantity_lowers_no_price_and_raises_no_stock(shop: Shop, quantity: int) -> None:
    """https://github.com/newbee-ltd/newbee-mall/issues/127"""
    buyer = await shop.shopper(1)
    before = fingerprint(_database(shop))
    refused = await buyer.try_order("solo", quantity=quantity)
    assert (refused.status_code, refused.json()["code"]) == (422, "trade/bad-quantity")
    assert fingerprint(_database(shop)) == before


@pytest.mark.parametrize(
    "claim",
    [{"freight_fen": -9900}, {"freight": -99.0}, {"unit_price_fen": 1}, {"price": "0.01"}, {"goods_fen": 1},
     {"payable_fen": 1}, {"discount_fen": 9999}, {"coupon_fen": 9999}, {"status": "to_ship"}],
)  # fmt: skip
async def test_no_price_freight_or_discount_comes_from_the_client(shop: Shop, claim: dict[str, Any]) -> None:
    """https://github.com/linlinjava/litemall/issues/566 (negative freight), also 513, 563, 564, 565, 567 and 76;

    https://github.com/liberusoftware/ecommerce-laravel/pull/747 (price tampering)
    """
    answer = await (await shop.shopper(1)).try_order("solo", **claim)
    assert answer.status_code in (201, 422)
    stored = rows(
        shop,
        "select l.unit_fen, o.goods_fen, o.freight_fen, o.payable_fen, o.status from trade.shop_order o"
        " join trade.order_line l on l.order_id = o.id",
    )
    assert stored in ([], [(10000, 10000, 0, 10000, "pending_payment")])


@pytest.mark.parametrize("token", ["test1", "test", "mock-1", "admin", "null", "undefined"])
async def test_no_made_up_token_opens_anything(shop: Shop, token: str) -> None:
    """https://github.com/YunaiV/ruoyi-vue-pro/issues/1153: mock authentication was on by default."""
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/api/v1/accounts/me", ORDERS, "/api/v1/trade/console/orders", "/api/v1/trade/console/refunds"):
        assert (await shop.world.client.get(path, headers=headers)).status_code == 401


async def test_whose_orders_are_listed_is_not_a_parameter(shop: Shop) -> None:
    """https://github.com/Exrick/xmall/issues/100, CVE-2023-36331: read others' orders by userId."""
    victim, _ = await _rich_shop(shop)
    reader = await shop.shopper(2)
    for name in ("userId", "user_id", "buyer_id", "member_id"):
        answer = await reader.person.get(ORDERS, **{name: str(victim.person.id)})
        assert (answer.status_code, answer.json()["items"]) == (200, [])
