"""A ladder that stays open above its top tier: more people, nobody pays more, everybody gets the difference."""

import pytest
from playwright.async_api import expect

from tests.journeys.campaign_form import create_campaign
from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_five_friends import join_by_link, open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]
HOURS = 2


@pytest.mark.feature("X9")
async def test_more_people_than_the_top_tier_all_get_the_best_price(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    # with several variants no sum would be promised: each has another difference
    listing = await running_shop.listing(kind=None, one_variant=True)
    first, best = listing["solo_price_fen"] * 9 // 10, listing["solo_price_fen"] * 7 // 10
    back = f"¥{(first - best) / 100:.2f}"
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    tiers = [(2, first), (3, best)]
    await create_campaign(merchant, listing["product_id"], "人多也不關門", tiers, hours=HOURS, overflow=True)
    await expect(merchant.find("campaign-row").filter(has_text="人多也不關門")).to_contain_text("滿了還能加入")

    initiator, late = await new_shopper("佳穎"), await new_shopper("晚到的人")
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    await initiator.sees("missing", "還差 1 人就成團")
    group_id, sku_id = link.rpartition("/")[2], listing["offer"]["skus"][0]["sku_id"]
    friends = [await friend(name) for name in ("子涵", "宇軒")]
    orders = [await friends[0].buy("join", sku_id, group_id=group_id)]
    await initiator.sees("next-tier", f"再 1 人，每人可退 {back}")
    orders.append(await friends[1].buy("join", sku_id, group_id=group_id))
    await initiator.sees("next-tier", "每個人都是最低價了，截止前還能加入")
    await join_by_link(late, link)
    await initiator.sees("seats", "4 人")
    await initiator.person.shot("above-the-top")

    running_shop.move_clock(HOURS * 3600 + 60)
    for person in (initiator, late):
        await person.sees("group-status", "成團成功")
        await person.sees("ending", f"4 人成團，成交價 ¥{best / 100:.2f}")
    await initiator.person.shot("closed-at-the-top")
    for person in (initiator, late):
        await person.tap("view-order")
        await person.sees("refund", "階梯團差價退回")
        await person.sees("refund", back)
        await person.sees("refund", "已退回你的付款帳戶")
    await late.person.shot("difference-back")
    for each, order in zip(friends, orders, strict=True):
        seen = await each.until(order["id"], "to_ship")
        assert [refund["amount_fen"] for refund in seen["refunds"]] == [first - best], f"{each.name}: {seen['refunds']}"
