"""A refund that no account takes: the merchant sees it, repairs it, and the shopper has the money."""

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.sandbox import misbehave, repair_refund
from tests.journeys.test_five_friends import open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def find_stuck(merchant: Merchant, number: str) -> Locator:
    await merchant.go("/refunds")
    await merchant.tap("refund-abnormal-look")
    stuck = merchant.page.locator(f'[data-test="refund-row"][data-order="{number}"]')
    await expect(stuck).to_be_visible(timeout=SEEN_WITHIN_MS)
    return stuck


@pytest.mark.feature("X7")
async def test_a_stuck_refund_is_seen_repaired_and_done(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant
) -> None:
    listing = await running_shop.listing(kind="fixed", people=2, skip=2)
    initiator = await new_shopper("要退出的團長")
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    await misbehave(running_shop, "refund_abnormal")
    await initiator.tap("view-order")
    await initiator.tap("leave")
    await initiator.answer_dialog()
    await initiator.sees("refund", "微信支付暫時退不回去，我們正在處理")
    await initiator.sees("refund", "這筆錢還是你的")
    await initiator.person.shot("stuck")
    number = await initiator.order_number()

    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    running_shop.move_clock(600)
    stuck = await find_stuck(merchant, number)
    await expect(merchant.find("refund-abnormal")).to_contain_text("卡住", timeout=SEEN_WITHIN_MS)
    await expect(stuck).to_contain_text("收不了這筆錢")
    await expect(stuck.locator('[data-test="refund-age"]')).to_contain_text("分鐘", timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("queue")
    await repair_refund(running_shop, await out_refund_no(stuck))
    await stuck.locator('[data-test="refund-retry"]').click()
    await expect(stuck).to_have_count(0, timeout=SEEN_WITHIN_MS)

    await initiator.sees("refund", "已退回你的付款帳戶")
    await initiator.sees("order-status", "已退款")
    await initiator.person.shot("done")
    await merchant.tap("refund-tab-succeeded")
    await expect(stuck).to_be_visible(timeout=SEEN_WITHIN_MS)
    await initiator.go(link)
    await initiator.sees("group-status", "沒能成團")


async def out_refund_no(stuck: Locator) -> str:
    number = await stuck.locator('[data-test="refund-number"]').text_content()
    assert number, "the queue shows no refund number"
    return number.strip()
