"""A merchant promises lower prices for more people; the shop keeps the promise by giving money back."""

import pytest

from tests.journeys.campaign_form import create_campaign
from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_five_friends import open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


@pytest.mark.feature("F11", "F12")
async def test_five_at_the_second_tier_get_the_difference_back(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    first, second = (listing["solo_price_fen"] * tenths // 10 for tenths in (9, 8))
    await create_campaign(merchant, listing["product_id"], "三人九折，五人八折", [(3, first), (5, second)])
    back = f"¥{(first - second) / 100:.2f}"

    initiator = await new_shopper("佳穎")
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    await initiator.sees("next-tier", "人")
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    friends = [await friend(name) for name in ("子涵", "宇軒", "詩婷", "柏翰")]
    orders = [await each.buy("join", sku_id, group_id=link.rpartition("/")[2]) for each in friends]
    assert [order["paid_fen"] for order in orders] == [first] * 4, "everybody pays the first tier's price"

    await initiator.sees("group-status", "成團成功")
    await initiator.person.shot("ladder-closed")
    await initiator.tap("view-order")
    await initiator.sees("refund", "階梯團差價退回")
    await initiator.sees("refund", back)
    await initiator.sees("refund", "已退回你的付款帳戶")  # the page follows the refund by itself
    await initiator.person.shot("difference-back")
    for each, order in zip(friends, orders, strict=True):
        seen = await each.order(order["id"])
        assert seen["refunded_fen"] == first - second, f"{each.name}'s difference: {seen['refunds']}"
        assert seen["status"] == "to_ship"
