"""A merchant brings something new to the shop: pictures, prices, a campaign."""

import io
import time

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
    await shopper.go(f"/pages-goods/product/index?id={product_id}")
    await shopper.sees("group-price", "66")
    await shopper.sees("open-group", "66.60")
    await shopper.person.shot("in-the-shop")
    english = await new_shopper("visitor", locale="en-US")
    await english.go(f"/pages-goods/product/index?id={product_id}")
    await expect(english.page.get_by_text(f"Lamp {name[-4:]}")).to_be_visible(timeout=SEEN_WITHIN_MS)
    found = await running_shop.get("/trade/listings", q=name)
    assert [card["product_id"] for card in found["items"]] == [product_id]
