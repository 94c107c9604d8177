"""A merchant promises lower prices for more people; the shop keeps the promise by giving money back."""

import pytest

from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.merchant import Merchant
from tests.journeys.running_shop import RunningShop
from tests.journeys.test_five_friends import open_group

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def make_ladder(merchant: Merchant, product_id: str, solo_fen: int) -> tuple[int, int]:
    """Through the console's form: 3 people a tenth off, 5 people a fifth; the prices of both in fen."""
    first, second = solo_fen * 9 // 10, solo_fen * 8 // 10
    await merchant.go(f"/campaigns/new?product_id={product_id}")
    await merchant.fill("campaign-name", "三人九折，五人八折")
    await merchant.tap("campaign-kind-ladder")
    for number, (people, fen) in enumerate(((3, first), (5, second))):
        await merchant.fill(f"tier-people-{number}", str(people))
        for column in range(await merchant.page.locator(f'[data-test^="tier-price-{number}-"]').count()):
            await merchant.fill(f"tier-price-{number}-{column}", f"{fen / 100:.2f}")
    await merchant.fill("campaign-duration", "2")
    await merchant.person.shot("campaign-form")
    await merchant.saves_to("campaign-save", "#/campaigns")
    return first, second


async def test_five_at_the_second_tier_get_the_difference_back(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    first, second = await make_ladder(merchant, listing["product_id"], listing["solo_price_fen"])
    back = f"¥{(first - second) / 100:.2f}"

    initiator = await new_shopper("佳穎")
    link = await open_group(initiator, listing["name"]["zh-Hant"])
    await initiator.sees("next-tier", "人")
    sku_id = listing["offer"]["skus"][0]["sku_id"]
    friends = [await friend(name) for name in ("子涵", "宇軒", "詩婷", "柏翰")]
    orders = [await each.buy("join", sku_id, group_id=link.rpartition("=")[2]) for each in friends]
    assert [order["paid_fen"] for order in orders] == [first] * 4, "everybody pays the first tier's price"

    await initiator.sees("group-status", "成團成功")
    await initiator.person.shot("ladder-closed")
    await initiator.tap("view-order")
    await initiator.sees("refund", "階梯團差價退回")
    await initiator.sees("refund", back)
    await initiator.page.wait_for_timeout(4000)  # the refund is under way at the provider
    await initiator.page.reload()
    await initiator.sees("refund", "已退回")
    await initiator.sees("refund", "到帳時間")
    await initiator.person.shot("difference-back")
    for each, order in zip(friends, orders, strict=True):
        seen = await each.order(order["id"])
        assert seen["refunded_fen"] == first - second, f"{each.name}'s difference: {seen['refunds']}"
        assert seen["status"] == "to_ship"
