"""A merchant says what delivery costs, and shoppers are charged it."""

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewMerchant
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
    product = merchant.page.locator(f'[data-test="freight-product"][data-id="{listing["product_id"]}"]')
    for option in (
        f"template-{template_id}",
        "template-free",
    ):  # the shop is everybody's: its goods are sent free again
        await product.locator('[data-test="freight-choose"]').click()
        await merchant.choose("product-freight-template", option)
        await merchant.person.shot("freight-product")
        await merchant.tap("product-freight-save")
        await expect(merchant.find("product-freight-save")).to_have_count(0, timeout=SEEN_WITHIN_MS)
