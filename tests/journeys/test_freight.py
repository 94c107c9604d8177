"""A merchant says what delivery costs, and shoppers are told it, charged it, and refused where nothing is sent."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS
from tests.journeys.running_shop import RunningShop

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


@pytest.mark.feature("X13")
async def test_a_template_is_written_tried_and_chosen(running_shop: RunningShop, new_merchant: NewMerchant) -> None:
    listing = await running_shop.listing(kind=None)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    await merchant.go("/freight")
    await merchant.tap("freight-new")
    await merchant.fill("freight-name", "一般包裹")
    await merchant.tap("freight-save")
    await expect(merchant.find("freight-problem")).to_be_visible(timeout=SEEN_WITHIN_MS)
    for index, (first, further, free) in enumerate([("15", "5", ""), ("6", "2", "99")]):
        if index:
            await merchant.tap("zone-add")
            await merchant.page.locator('[data-test="zone-1"] [data-test="region-440000"]').click()
        await merchant.fill(f"zone-first-fen-{index}", first)
        await merchant.fill(f"zone-further-fen-{index}", further)
        await merchant.fill(f"zone-free-fen-{index}", free)
    await merchant.page.locator('[data-test="undelivered"] [data-test="region-650000"]').click()
    await merchant.person.shot("freight-form")
    await merchant.saves_to("freight-save", "#/freight")
    row = merchant.find("freight-row").filter(has_text="一般包裹")
    await expect(row).to_contain_text("¥6.00", timeout=SEEN_WITHIN_MS)
    template_id = await row.get_attribute("data-id")

    await row.locator('[data-test="freight-edit"]').click()
    await merchant.fill("try-pieces", "3")
    await merchant.tap("try-ask")
    await expect(merchant.find("try-answer")).to_contain_text("¥10.00", timeout=SEEN_WITHIN_MS)
    await merchant.fill("try-goods", "99")
    await merchant.tap("try-ask")
    await expect(merchant.find("try-answer")).to_contain_text("¥0.00", timeout=SEEN_WITHIN_MS)
    await merchant.choose("try-to", "try-to-650000")
    await merchant.tap("try-ask")
    await expect(merchant.find("try-answer")).to_contain_text("不配送", timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("freight-try")

    await merchant.go("/freight")
    await row.locator('[data-test="freight-default"]').click()
    await expect(row.locator('[data-test="freight-is-default"]')).to_be_visible(timeout=SEEN_WITHIN_MS)
    product = merchant.page.locator(f'[data-test="freight-product"][data-id="{listing["product_id"]}"]')
    await product.locator('[data-test="freight-choose"]').click()
    await merchant.choose("product-freight-template", f"template-{template_id}")
    await merchant.person.shot("freight-product")
    await merchant.tap("product-freight-save")
    await expect(product).to_contain_text("一般包裹", timeout=SEEN_WITHIN_MS)

    await row.locator('[data-test="freight-copy"]').click()
    await merchant.saves_to("freight-save", "#/freight")
    copy = merchant.find("freight-row").filter(has_text="一般包裹（複製）")
    await product.locator('[data-test="freight-pick"]').click()
    await merchant.choose("freight-assign-to", f"assign-{await copy.get_attribute('data-id')}")
    await merchant.tap("freight-assign")
    await expect(product).to_contain_text("（複製）", timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("freight-list")

    await copy.locator('[data-test="freight-remove"]').click()
    await expect(merchant.find("freight-remove-products")).to_contain_text(
        listing["name"]["zh-Hant"], timeout=SEEN_WITHIN_MS
    )
    await merchant.tap("freight-remove-confirm")
    await expect(merchant.find("freight-remove-problem")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await merchant.choose(
        "freight-remove-to", "remove-to-free"
    )  # the shop is everybody's: its goods are sent free again
    await merchant.person.shot("freight-remove")
    await merchant.tap("freight-remove-confirm")
    await expect(copy).to_have_count(0, timeout=SEEN_WITHIN_MS)
    await row.locator('[data-test="freight-remove"]').click()
    await merchant.tap("freight-remove-confirm")
    await expect(merchant.find("freight-row").filter(has_text="一般包裹")).to_have_count(0, timeout=SEEN_WITHIN_MS)


async def charged(shop: RunningShop) -> dict[str, Any]:
    """A product of one variant that is sent by weight, dearer to some provinces and to one not at all."""
    for card in (await shop.get("/trade/listings", sort="newest", limit=100))["items"]:
        offer = await shop.get(f"/trade/products/{card['product_id']}/offer")
        paid = offer["freight"]["undelivered"] and all(zone["least_fen"] for zone in offer["freight"]["zones"])
        if paid and not card["sku_name"] and not card["sold_out"]:
            return {**card, "offer": offer}
    raise AssertionError("the demo shop charges freight for nothing")


@pytest.mark.feature("X13")
async def test_delivery_is_told_charged_and_refused(running_shop: RunningShop, new_shopper: NewShopper) -> None:
    listing = await charged(running_shop)
    freight = listing["offer"]["freight"]
    fen = {bool(zone["regions"]): zone["least_fen"] for zone in freight["zones"]}
    near, elsewhere = (f"¥{fen[known] / 100:.2f}" for known in (True, False))
    shopper = await new_shopper("住得遠的人")
    await shopper.go(f"/product/{listing['product_id']}")
    await shopper.sees("freight-cost", near)
    await shopper.sees("freight-undelivered", "西藏")
    await shopper.tap("freight-line")
    await expect(shopper.find("freight-zone")).to_have_count(len(freight["zones"]), timeout=SEEN_WITHIN_MS)
    await shopper.person.shot("freight-zones")
    await shopper.close()

    await shopper.tap("solo")
    await shopper.tap("sku-done")
    await shopper.sign_in()
    await shopper.sees("freight", f"最多 {elsewhere}")
    await shopper.enter_address("住在拉薩", province=freight["undelivered"][0])
    await shopper.sees("not-deliverable", "送不到")
    await expect(shopper.page.get_by_role("button", name="送出訂單")).to_be_disabled()
    await shopper.person.shot("freight-refused")
    await shopper.tap("address")
    await shopper.page.wait_for_url(re.compile("/addresses"))
    await shopper.tap("add-address")
    await shopper.page.wait_for_url(re.compile(r"/address(\?|$)"))
    await shopper.fill_address("住在深圳")
    await expect(shopper.find("address")).to_contain_text("住在深圳", timeout=SEEN_WITHIN_MS)
    await shopper.sees("freight", near)
    total = listing["offer"]["skus"][0]["solo_price_fen"] + fen[True]
    await shopper.sees("payable", f"{total / 100:.2f}")
    await shopper.person.shot("freight-charged")
    await shopper.tap("submit-order")
    await shopper.pay_at_cashier()
    await shopper.sees("pay-state", "付款成功")

    await shopper.go(f"/product/{listing['product_id']}")
    await shopper.sees("freight-cost", "不配送到西藏")  # where the default address is
    await shopper.person.shot("freight-not-there")
