"""An order of two lines that goes in two parcels: packed piece by piece, followed, and received."""

import pytest
from playwright.async_api import ViewportSize, expect

from tests.journeys.accessible import look
from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import Shopper
from tests.journeys.test_cart import DESKTOP, put_into_cart, shots, two_of_one_merchant_and_one_of_another
from tests.journeys.test_packers_morning import fits
from tests.support.browser import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow, pytest.mark.feature("F27")]
STANDS_STILL = """() => Promise.allSettled(document.getAnimations()
    .filter(each => each.effect.getTiming().iterations !== Infinity).map(each => each.finished))"""
FIRST, SECOND = "SF2700000000001", "SF2700000000002"


async def both(merchant: Merchant, name: str) -> None:
    """As a desk and as a phone show it."""
    sizes: tuple[ViewportSize, ...] = (PHONE, DESKTOP)
    for size in sizes:
        await merchant.page.set_viewport_size(size)
        await merchant.page.evaluate(STANDS_STILL)
        await fits(merchant)
        await merchant.person.shot(f"{name}-{size['width']}")
    await look(merchant.person)


async def parcels_are(shopper: Shopper, *titles: str) -> None:
    cards = shopper.find("tracking")
    await expect(cards).to_have_count(len(titles), timeout=SEEN_WITHIN_MS)
    for card, title in zip(await cards.all(), titles, strict=True):
        await expect(card).to_contain_text(title)


async def test_an_order_of_two_lines_goes_in_two_parcels(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant
) -> None:
    (first, second), _ = await two_of_one_merchant_and_one_of_another(running_shop)
    shopper = await new_shopper("等兩個包裹的人")
    await put_into_cart(shopper, first, times=2)
    await shopper.sign_in()
    await shopper.sees("cart-count", "1")
    await put_into_cart(shopper, second)
    await shopper.sees("cart-count", "2")
    await shopper.tap("cart")
    await shopper.tap("cart-checkout")
    await expect(shopper.find("checkout-line")).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await shopper.enter_address("等兩個包裹的人家")
    await shopper.tap("submit-order")
    await shopper.pay_at_cashier()
    await shopper.sees("pay-state", "付款成功")
    await shopper.tap("view-order")
    await shopper.sees("order-status", "待發貨")
    number = await shopper.order_number()

    # one of the two pieces of the first line goes today
    name = first["merchant_name"]["zh-Hant"]
    merchant = await new_merchant(name)
    await merchant.sign_in(name)
    await merchant.go("/orders?status=to_ship")
    row = merchant.order_row(number)
    await row.locator('[data-test="ship"]').click()
    await expect(merchant.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
    lines = merchant.find("ship-line")
    await expect(lines).to_have_count(2)
    await both(merchant, "pack")
    for line, quantity in ((first, 1), (second, 0)):
        field = lines.filter(has_text=line["name"]["zh-Hant"]).locator("input")
        await field.fill(str(quantity))
        await field.blur()
    await merchant.choose("carrier", "carrier-SF")
    await merchant.fill("tracking-no", FIRST)
    await both(merchant, "packed")
    await merchant.tap("ship-confirm")
    await expect(row.locator('[data-test="order-part"]')).to_contain_text("1/3", timeout=SEEN_WITHIN_MS)
    await both(merchant, "partly-sent")
    await row.locator('[data-test="order-open"]').click()
    await expect(merchant.find("drawer-left")).to_contain_text(second["name"]["zh-Hant"], timeout=SEEN_WITHIN_MS)
    await both(merchant, "drawer-partly")

    await shopper.page.reload()
    await shopper.sees("order-status", "待發貨")
    await parcels_are(shopper, "包裹 1")
    await expect(shopper.find("parcels-left")).to_contain_text(second["name"]["zh-Hant"])
    await shots(shopper, "first-parcel")

    # the rest is what the dialog holds by itself: the number and Enter
    await merchant.tap("drawer-ship")
    await expect(merchant.find("tracking-no")).to_be_focused(timeout=SEEN_WITHIN_MS)
    await merchant.fill("tracking-no", SECOND)
    await merchant.person.shot("pack-rest")
    await merchant.page.keyboard.press("Enter")
    await expect(row).to_have_count(0, timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("drawer-parcel")).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("drawer-left")).to_have_count(0, timeout=SEEN_WITHIN_MS)
    await both(merchant, "drawer-shipped")

    await shopper.page.reload()
    await shopper.sees("order-status", "待收貨")
    await parcels_are(shopper, "包裹 1／共 2 個", "包裹 2／共 2 個")
    await expect(shopper.find("parcels-left")).to_have_count(0)
    await shots(shopper, "both-parcels")
    await shopper.tap("confirm-receipt")
    await shopper.answer_dialog()
    await shopper.sees("order-status", "已完成")
    await shopper.go("/inbox")
    await expect(shopper.find("message").filter(has_text="最後一個包裹")).to_have_count(1, timeout=SEEN_WITHIN_MS)
    await shots(shopper, "told")
