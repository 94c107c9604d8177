"""A merchant brings something new to the shop: pictures, prices, a campaign."""

import io
import time
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, expect

from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
MERCHANT = "木白生活"


def photo() -> bytes:
    """A picture as a phone takes it: large, not square."""
    picture = Image.new("RGB", (1600, 1200), "#e8d9c3")
    ImageDraw.Draw(picture).ellipse((500, 300, 1100, 900), fill="#b8451a")
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()


async def create_product(merchant: Merchant, name: str) -> None:
    await merchant.go("/products")
    await merchant.tap("product-new")
    await merchant.fill("product-name-zh-Hant", name)
    await merchant.fill("product-name-en", f"Lamp {name[-4:]}")
    await merchant.fill("product-summary-zh-Hant", "溫暖的光")
    await merchant.fill("product-description-zh-Hant", "手工陶土，可調亮度。")
    file = FilePayload(name="lamp.jpg", mimeType="image/jpeg", buffer=photo())
    await merchant.page.locator('[data-test="picture-file"]').set_input_files([file])
    await expect(merchant.find("picture")).to_have_count(1, timeout=SEEN_WITHIN_MS)
    await merchant.tap("product-category")
    await merchant.page.locator('[data-test^="category-"]').locator("visible=true").first.click()
    await merchant.fill("product-list-price", "99")
    await merchant.fill("sku-name-0-zh-Hant", "單入")
    await merchant.fill("sku-price-0", "88.80")
    await merchant.fill("sku-stock-0", "20")
    await merchant.person.shot("product-form")
    await merchant.saves_to("product-save-publish", "#/products")


@pytest.mark.feature("F12", "F29", "F30")
async def test_a_new_product_with_a_campaign_is_in_the_shop(
    running_shop: RunningShop, new_merchant: NewMerchant, new_shopper: NewShopper
) -> None:
    name = f"陶土小夜燈 {time.time_ns() % 10_000:04d}"
    merchant = await new_merchant(MERCHANT)
    await merchant.sign_in(MERCHANT)
    await create_product(merchant, name)
    row = merchant.find("product-row").filter(has_text=name)
    await expect(row).to_be_visible(timeout=SEEN_WITHIN_MS)
    product_id = await row.get_attribute("data-id")
    await merchant.person.shot("products")

    await merchant.go(f"/campaigns/new?product_id={product_id}")
    await merchant.fill("campaign-name", "兩人同亮")
    await merchant.tap("campaign-kind-fixed")
    await merchant.fill("tier-people-0", "2")
    await merchant.fill("tier-price-0-0", "66.60")
    await merchant.saves_to("campaign-save", "#/campaigns")
    await expect(merchant.find("campaign-row").filter(has_text=name)).to_be_visible(timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("campaigns")

    shopper = await new_shopper("逛街的人")
    await shopper.go(f"/product/{product_id}")
    await shopper.sees("group-price", "66")
    await shopper.sees("open-group", "66.60")
    await shopper.person.shot("in-the-shop")
    english = await new_shopper("visitor", locale="en-US")
    await english.go(f"/product/{product_id}")
    await expect(english.page.get_by_text(f"Lamp {name[-4:]}")).to_be_visible(timeout=SEEN_WITHIN_MS)
    found = await running_shop.get("/trade/listings", q=name)
    assert [card["product_id"] for card in found["items"]] == [product_id]


AHEAD = """
const Device = Date
window.Date = class extends Device {
  constructor(...given) { given.length ? super(...given) : super(Device.now() + 3 * 86400e3) }
  static now() { return Device.now() + 3 * 86400e3 }
}
"""
"""A device whose clock is three days ahead."""

END_SESSION = """async () => {
  const kept = JSON.parse(localStorage.getItem('chengtuan.console.session') ?? '{}')
  const headers = kept.token ? { Authorization: `Bearer ${kept.token}` } : {}
  await fetch('/api/v1/accounts/staff/sessions/current', { method: 'DELETE', headers })
}"""
"""The session ends elsewhere; the page does not know yet."""


@pytest.mark.feature("X6")
async def test_two_tabs_typed_numbers_and_unsaved_forms(running_shop: RunningShop, new_merchant: NewMerchant) -> None:
    """Nothing typed is lost or changed, and nobody undoes what the other tab did, three days ahead of the server."""
    name = f"雙耳陶鍋 {time.time_ns() % 10_000:04d}"
    merchant = await new_merchant(MERCHANT)
    await merchant.person.context.add_init_script(AHEAD)
    await merchant.sign_in(MERCHANT)
    await merchant.page.reload()
    await expect(merchant.find("staff-name")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await create_product(merchant, name)
    row = merchant.find("product-row").filter(has_text=name)
    await expect(row).to_be_visible(timeout=SEEN_WITHIN_MS)
    path = f"/products/{await row.get_attribute('data-id')}"

    await two_tabs(merchant, path)
    await typed_numbers(merchant, path)
    await unsaved_form(merchant)
    starts = await merchant.page.locator('[data-test="campaign-starts"] input').input_value()
    now = datetime.fromisoformat((await running_shop.get("/meta"))["now"])
    assert starts[:10] == f"{now.astimezone(ZoneInfo('Asia/Shanghai')) - timedelta(minutes=1):%Y-%m-%d}"


async def two_tabs(merchant: Merchant, path: str) -> None:
    second = Merchant(merchant.shop, replace(merchant.person, page=await merchant.person.context.new_page()))
    for tab in (merchant, second):
        await tab.go(path)
        await expect(tab.find("sku-on-hand-0")).to_have_text("20", timeout=SEEN_WITHIN_MS)
    await merchant.fill("product-summary-zh-Hant", "先存的這一句")
    await merchant.fill("sku-price-0", "77")
    await merchant.saves_to("product-save", "#/products")

    await second.fill("product-summary-zh-Hant", "後存的那一句")
    await second.fill("product-name-en", "Pot")
    await second.tap("product-save")
    await expect(second.find("conflict")).to_contain_text("先存的這一句", timeout=SEEN_WITHIN_MS)
    await expect(second.find("conflict")).to_contain_text("後存的那一句")
    await second.person.shot("conflict")
    await second.tap("clash-summary/zh-Hant-theirs")
    await second.saves_to("conflict-save", "#/products")

    await second.go(path)
    await expect(second.find("product-summary-zh-Hant")).to_have_value("先存的這一句", timeout=SEEN_WITHIN_MS)
    await expect(second.find("product-name-en")).to_have_value("Pot")
    await expect(second.find("sku-price-0")).to_have_value("77.00")
    await second.page.close()


async def typed_numbers(merchant: Merchant, path: str) -> None:
    await merchant.go(path)
    await merchant.fill("sku-price-0", "12,50")
    await expect(merchant.find("number-choice")).to_have_text(["12.50", "1250"])
    await expect(merchant.find("sku-price-0")).to_have_value("12,50")
    await merchant.tap("product-save")
    await expect(merchant.find("product-issues")).to_be_visible()
    await merchant.person.shot("typed-number")
    await merchant.find("number-choice").first.click()
    await expect(merchant.find("sku-price-0")).to_have_value("12.50")

    await merchant.tap("sku-stock-change-0")
    await merchant.fill("stock-delta", "５")
    await expect(merchant.find("stock-after")).to_contain_text("25", timeout=SEEN_WITHIN_MS)
    await merchant.fill("stock-note", "補貨")
    await expect(merchant.find("stock-line")).to_have_count(1)
    await merchant.person.shot("stock")
    await merchant.tap("stock-save")
    await expect(merchant.find("sku-on-hand-0")).to_have_text("25", timeout=SEEN_WITHIN_MS)
    await merchant.saves_to("product-save", "#/products")


async def unsaved_form(merchant: Merchant) -> None:
    await merchant.go("/campaigns/new")
    await merchant.fill("campaign-name", "寫到一半")
    await merchant.fill("campaign-duration", "1.5")
    await merchant.fill("campaign-stock-cap", "二十五")
    await merchant.tap("nav-orders")
    await expect(merchant.find("confirm")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("leave")
    await merchant.page.keyboard.press("Enter")
    await expect(merchant.find("confirm")).to_have_count(0)
    await expect(merchant.find("campaign-name")).to_have_value("寫到一半")
    await expect(merchant.find("campaign-stock-cap")).to_have_value("二十五")

    await merchant.page.evaluate(END_SESSION)
    await merchant.page.locator('[data-test="campaign-product"] input').fill("陶")
    await expect(merchant.find("login")).to_be_visible(timeout=SEEN_WITHIN_MS)
    login, password = merchant.shop.console_account(MERCHANT)
    await merchant.fill("login", login)
    await merchant.fill("password", password)
    await merchant.tap("sign-in")
    await expect(merchant.find("draft-restored")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("campaign-name")).to_have_value("寫到一半")
    await expect(merchant.find("campaign-duration")).to_have_value("1.5")
    await merchant.person.shot("restored")
    await merchant.tap("draft-discard")
    await expect(merchant.find("campaign-name")).to_have_value("")
