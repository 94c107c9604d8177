"""A campaign is stopped while somebody is paying: the money comes back, and they are told why."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.campaign_form import campaign_of, create_campaign
from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.sandbox import misbehave

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
NAME = "這個活動會停"


async def stop_campaign(merchant: Merchant) -> None:
    row = merchant.find("campaign-row").filter(has_text=NAME).first
    await row.locator('[data-test="campaign-stop"]').click()
    await merchant.tap("confirm-act")
    await expect(row).to_contain_text("已停止", timeout=SEEN_WITHIN_MS)


async def test_money_that_arrives_after_the_stop_comes_back_with_the_reason(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    price_fen = listing["solo_price_fen"] * 8 // 10
    await create_campaign(merchant, listing["product_id"], NAME, [(3, price_fen)])
    campaign = await campaign_of(running_shop, listing["product_id"])
    initiator, payer = await friend("明德"), await new_shopper("正在付款的人")
    order = await initiator.buy("open", listing["offer"]["skus"][0]["sku_id"], campaign_id=campaign["id"])

    await payer.go(f"/group/{order['group_id']}")
    await payer.tap("join")
    await payer.sign_in()
    await payer.tap("sku-done")
    await payer.enter_address("付款人家")
    await payer.tap("submit-order")
    await payer.page.wait_for_url(f"{running_shop.desk_url}/cashier/**")
    await misbehave(running_shop, "pay_late", seconds=6)  # WeChat needs a moment to take the money
    await payer.page.locator("#pay").click()
    await stop_campaign(merchant)

    await payer.page.wait_for_url(f"{running_shop.url}/**", timeout=SEEN_WITHIN_MS)
    await payer.sees("pay-state", re.compile("這筆付款會退回|已退款"))
    await payer.sees("refund", f"¥{price_fen / 100:.2f}")
    await payer.sees("refund", re.compile("團已經結束了|訂單已經取消"))
    await payer.person.shot("told-why")
    await payer.sees("refund", "已退回你的付款帳戶")  # without touching the page
    await payer.tap("view-order")
    await payer.sees("refund", "已退回你的付款帳戶")
    await payer.person.shot("money-back")
    await initiator.until(order["id"], "refunded")
    await payer.go(f"/group/{order['group_id']}")
    await payer.sees("group-status", "沒能成團")
    await expect(payer.page.get_by_text("店家提前停止了這個活動")).to_be_visible(timeout=SEEN_WITHIN_MS)
    await payer.person.shot("stopped-group")
