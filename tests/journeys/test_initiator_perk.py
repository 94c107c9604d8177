"""Who starts a group that forms gets the shop's thanks back, and the shop sees what it gave."""

import pytest
from playwright.async_api import expect

from tests.journeys.campaign_form import create_campaign
from tests.journeys.conftest import NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS, Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_five_friends import join_by_link, open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def books_show(merchant: Merchant, number: str, kind: str, amount: str) -> None:
    """The ledger's line of an order, with both sides of it."""
    line = merchant.page.locator(f'[data-test="ledger-row"][data-order="{number}"][data-kind="{kind}"]')
    await expect(line).to_contain_text(amount, timeout=SEEN_WITHIN_MS)
    await line.locator('[data-test="ledger-sides"]').click()
    sides = merchant.find("ledger-side")
    await expect(sides).to_have_count(2, timeout=SEEN_WITHIN_MS)
    await expect(sides.first).to_contain_text(amount)
    await expect(sides.last).to_contain_text(amount)


@pytest.mark.feature("X8")
async def test_a_free_initiator_is_paid_back_and_the_merchant_sees_it(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant
) -> None:
    listing = await running_shop.listing(kind=None)
    price_fen = listing["solo_price_fen"] * 8 // 10
    price = f"¥{price_fen / 100:.2f}"
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    await create_campaign(merchant, listing["product_id"], "開團的人不用付", [(2, price_fen)], perk="free")
    await expect(merchant.find("campaign-row").filter(has_text="開團的人不用付")).to_contain_text("團長免單")

    initiator, friend = await new_shopper("小明"), await new_shopper("阿美")
    await initiator.go(f"/product/{listing['product_id']}")
    await initiator.sees("perk", "開團免單")
    link = await open_group(initiator, listing["name"]["zh-Hant"], sees_back=price)
    await initiator.sees("perk", "團長免單")
    await join_by_link(friend, link)
    for person in (initiator, friend):
        await person.sees("group-status", "成團成功")
    await initiator.sees("refund", "團長優惠")
    await expect(friend.find("refund")).to_have_count(0)

    await initiator.tap("view-order")
    await initiator.sees("refund", price)
    await initiator.sees("refund", "已退回你的付款帳戶")  # the page follows the refund by itself
    await initiator.sees("order-status", "待發貨")
    await initiator.person.shot("perk-back")
    number = await initiator.order_number()

    await merchant.go("/money")
    await expect(merchant.find("money-given")).to_contain_text("¥", timeout=SEEN_WITHIN_MS)
    await expect(merchant.find("money-given")).not_to_contain_text("¥0.00")
    await books_show(merchant, number, "perk_planned", price)
    await merchant.person.shot("money")
