"""A group that misses one person gives everybody their money back, without anybody asking."""

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.merchant import SEEN_WITHIN_MS
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_five_friends import open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


@pytest.mark.feature("F10")
async def test_a_group_one_short_is_refunded_by_itself(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind="fixed", people=3, skip=1)
    price = f"{listing['campaign']['tiers'][0]['price_fen'] / 100:.2f}"
    initiator, other = await new_shopper("小玲"), await friend("國華")
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    order = await other.buy("join", sku_id, group_id=link.rpartition("/")[2])
    await initiator.sees("missing", "還差 1 人")

    running_shop.move_clock(listing["offer"]["campaign"]["group_duration_s"] + 60)
    await initiator.sees("group-status", "沒能成團")  # the open page moves by itself
    await other.until(order["id"], "refunded")
    await initiator.go(link)
    await initiator.sees("refund", f"¥{price}")
    await initiator.sees("refund", "已退回你的付款帳戶")
    await initiator.person.shot("group-failed")

    await initiator.tap("view-order")
    await initiator.sees("order-status", "已退款")
    await initiator.sees("refund", "沒成團，全額退款")
    await initiator.sees("refund", f"¥{price}")
    await initiator.sees("refund", "已退回你的付款帳戶")
    await expect(initiator.find("refund-step")).to_have_count(3)
    await initiator.person.shot("order-refunded")
    number = await initiator.order_number()
    await initiator.go("/inbox")
    await initiator.sees("message", "退款到帳")
    await merchant_finds(new_merchant, listing["merchant_name"]["zh-Hant"], number, price)


async def merchant_finds(new_merchant: NewMerchant, name: str, number: str, price: str) -> None:
    """The refund in the queue's list of those done, and the way of the money in the books."""
    merchant = await new_merchant(name)
    await merchant.sign_in(name)
    await merchant.go("/refunds?status=succeeded")
    done = merchant.page.locator(f'[data-test="refund-row"][data-order="{number}"]')
    await expect(done).to_contain_text(price, timeout=SEEN_WITHIN_MS)
    await expect(done).to_contain_text("未成團")
    await merchant.person.shot("refunds-done")
    await merchant.go("/money")
    for kind in ("payment", "refund_planned", "refund_succeeded"):
        line = merchant.page.locator(f'[data-test="ledger-row"][data-order="{number}"][data-kind="{kind}"]')
        await expect(line).to_contain_text(price, timeout=SEEN_WITHIN_MS)
    await merchant.person.shot("books")


async def test_a_visitor_of_the_expired_group_is_led_on(
    running_shop: RunningShop, new_shopper: NewShopper, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind="fixed", people=3, skip=2)
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    initiator = await friend("明德")
    order = await initiator.buy("open", sku_id, campaign_id=listing["campaign"]["id"])
    running_shop.move_clock(listing["offer"]["campaign"]["group_duration_s"] + 60)
    await initiator.until(order["id"], "refunded")

    visitor = await new_shopper("遲到的人")
    await visitor.go(f"/group/{order['group_id']}")
    await visitor.sees("group-status", "沒能成團")
    await visitor.sees("open-own", "我要開團")
    await visitor.person.shot("expired-link")


async def test_a_visitor_of_a_full_group_is_led_on(
    running_shop: RunningShop, new_shopper: NewShopper, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind="fixed", people=2, skip=1)
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    first, second = await friend("甲"), await friend("乙")
    order = await first.buy("open", sku_id, campaign_id=listing["campaign"]["id"])
    visitor = await new_shopper("晚來的人")
    await visitor.go(f"/group/{order['group_id']}")
    await visitor.sees("group-status", "正在拼團")
    await second.buy("join", sku_id, group_id=order["group_id"])
    await visitor.sees("group-status", "這個團已成團")
    await visitor.sees("open-own", "我要開團")
    await visitor.person.shot("full-group")
