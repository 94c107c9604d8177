"""A cart of two merchants: counted, sold out in part, bought merchant by merchant, and seen again as orders."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from tests.journeys.conftest import NewFriend, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import SEEN_WITHIN_MS, Shopper
from tests.journeys.test_mini_program import order_and_pay, sees
from tests.support.browser import NewMiniProgram

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow, pytest.mark.feature("X12")]
DESKTOP = ViewportSize(width=1280, height=900)


async def two_of_one_merchant_and_one_of_another(shop: RunningShop) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    by_merchant: dict[str, list[dict[str, Any]]] = {}
    for card in (await shop.get("/trade/listings", sort="newest", limit=100))["items"]:
        if card["sold_out"] or card["sku_name"]:  # of one variant: what is chosen is what is meant
            continue
        offer = await shop.get(f"/trade/products/{card['product_id']}/offer")
        by_merchant.setdefault(card["merchant_name"]["zh-Hant"], []).append({**card, "offer": offer})
    ranked = sorted(by_merchant.values(), key=len, reverse=True)
    return ranked[0][:2], ranked[1][0]


def sku(listing: dict[str, Any]) -> dict[str, Any]:
    return dict(listing["offer"]["skus"][0])


async def put_into_cart(shopper: Shopper, listing: dict[str, Any], *, times: int = 1) -> None:
    await shopper.go(f"/product/{listing['product_id']}")
    await shopper.tap("solo")
    for _ in range(times - 1):
        await shopper.tap("more")
    await shopper.tap("sku-cart")
    await shopper.has_closed()


def line_of(shopper: Shopper, listing: dict[str, Any]) -> Locator:
    return shopper.find("cart-line").filter(has_text=listing["name"]["zh-Hant"])


async def shots(shopper: Shopper, name: str) -> None:
    """As a phone and as a desk show it."""
    await shopper.person.shot(f"{name}-390")
    phone = shopper.page.viewport_size
    assert phone
    await shopper.page.set_viewport_size(DESKTOP)
    await shopper.person.shot(f"{name}-1280")
    await shopper.page.set_viewport_size(phone)


async def test_a_cart_is_bought_merchant_by_merchant(
    running_shop: RunningShop, new_shopper: NewShopper, friend: NewFriend
) -> None:
    (first, second), other = await two_of_one_merchant_and_one_of_another(running_shop)
    shopper = await new_shopper("買很多的人")
    await put_into_cart(shopper, first, times=2)
    await shopper.sign_in()  # and it is in the cart when they are back
    await shopper.sees("cart-count", "1")
    for listing in (second, other):
        await put_into_cart(shopper, listing)
    await shopper.sees("cart-count", "3")
    await shopper.tap("cart")
    await expect(shopper.find("cart-shop")).to_have_count(2, timeout=SEEN_WITHIN_MS)

    line = line_of(shopper, first)
    await line.locator(".t-more").click()
    await expect(line.locator(".t-quantity")).to_have_text("3", timeout=SEEN_WITHIN_MS)
    await line.locator(".t-less").click()
    await expect(line.locator(".t-quantity")).to_have_text("2", timeout=SEEN_WITHIN_MS)
    await line_of(shopper, other).locator(".t-cart-remove").click()
    await shopper.tap("cart-undo")
    await expect(line_of(shopper, other)).to_be_visible(timeout=SEEN_WITHIN_MS)
    await shots(shopper, "cart")

    # somebody else buys all there is of one of them
    quick = await friend("手快的人")
    left = sku(await fresh(running_shop, second))["available"]
    await quick.buy("solo", sku(second)["sku_id"], quantity=left)
    await shopper.page.reload()
    await expect(line_of(shopper, second).locator(".t-cart-state")).to_have_text("已售完", timeout=SEEN_WITHIN_MS)
    await shots(shopper, "sold-out")
    await put_into_cart(shopper, third := await another(running_shop, first, [first, second]))
    await shopper.tap("cart")

    group = shopper.find("cart-shop").filter(has_text=first["name"]["zh-Hant"])
    await group.locator(".t-cart-checkout").click()
    await expect(shopper.find("checkout-line")).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await shopper.enter_address("買很多的人家")
    total = sku(first)["solo_price_fen"] * 2 + sku(third)["solo_price_fen"]
    await shopper.sees("goods", f"¥{total / 100:.2f}")
    await shopper.sees("payable", "¥")
    await shots(shopper, "checkout")
    await shopper.tap("submit-order")
    await shopper.pay_at_cashier()
    await shopper.sees("pay-state", "付款成功")
    await shots(shopper, "paid")
    await shopper.tap("view-order")
    await expect(shopper.find("order-line")).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await shopper.sees("order-status", "待發貨")
    await shots(shopper, "order")

    await shopper.go("/cart")
    await expect(shopper.find("cart-line")).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await shopper.tap("cart-clear")
    await expect(shopper.find("cart-line")).to_have_count(1, timeout=SEEN_WITHIN_MS)
    await shopper.tap("cart-checkout")
    await shopper.tap("submit-order")
    await shopper.pay_at_cashier()
    await shopper.sees("pay-state", "付款成功")
    await shopper.go("/cart")
    await shopper.sees("empty-action", "回首頁逛逛")
    await shopper.go("/orders")
    await expect(shopper.find("order")).to_have_count(2, timeout=SEEN_WITHIN_MS)


async def fresh(shop: RunningShop, listing: dict[str, Any]) -> dict[str, Any]:
    return {**listing, "offer": await shop.get(f"/trade/products/{listing['product_id']}/offer")}


async def another(shop: RunningShop, like: dict[str, Any], but: list[dict[str, Any]]) -> dict[str, Any]:
    """A further product of the same merchant."""
    taken = {listing["product_id"] for listing in but}
    for card in (await shop.get("/trade/listings", sort="newest", limit=100))["items"]:
        same = card["merchant_name"] == like["merchant_name"] and card["product_id"] not in taken
        if same and not card["sold_out"] and not card["sku_name"]:
            return await fresh(shop, card)
    raise AssertionError("the merchant has no third product of one variant")


async def test_a_cart_in_wechat(clients: Path, running_shop: RunningShop, mini_program: NewMiniProgram) -> None:
    _, listing = await two_of_one_merchant_and_one_of_another(running_shop)
    app = await mini_program(
        clients / "mp-weixin",
        name="用微信買很多的人",
        phone="13600000009",
        path=f"/pages-goods/product/index?id={listing['product_id']}",
        api_url=running_shop.url,
        desk_url=running_shop.desk_url,
    )
    await app.tap(".t-solo")
    await app.tap(".t-sku-cart")
    await app.tap(".t-sign-in")
    await sees(app, ".t-cart-count", "1")
    await app.tap(".t-cart")
    await sees(app, ".t-cart-line", re.compile(re.escape(listing["name"]["zh-Hant"])))
    await app.tap(".t-more")
    await sees(app, ".t-quantity", "2")
    await app.person.shot("cart")
    await app.tap(".t-cart-checkout")
    await sees(app, ".t-checkout-line", "× 2")
    await order_and_pay(app)
