"""A group for newcomers: an old customer reads why not and what to do instead, a new one gets in."""

import pytest

from tests.journeys.campaign_form import campaign_of, create_campaign
from tests.journeys.conftest import NewFriend, NewMerchant, NewShopper
from tests.journeys.running_shop import RunningShop
from tests.journeys.shopper import Shopper
from tests.journeys.test_five_friends import join_by_link

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.slow]


async def buy_alone(shopper: Shopper, product_id: str) -> None:
    """Becomes a customer of the product's merchant."""
    await shopper.go("/sign-in")
    await shopper.sign_in()
    await shopper.go(f"/product/{product_id}")
    await shopper.tap("solo")
    await shopper.order_and_pay()


@pytest.mark.feature("F59")
async def test_an_old_customer_is_refused_in_plain_words_and_a_new_one_joins(
    running_shop: RunningShop, new_shopper: NewShopper, new_merchant: NewMerchant, friend: NewFriend
) -> None:
    listing = await running_shop.listing(kind=None)
    product_id = listing["product_id"]
    old = await new_shopper("老客人")
    await buy_alone(old, product_id)
    merchant = await new_merchant(listing["merchant_name"]["zh-Hant"])
    await merchant.sign_in(merchant.person.name)
    price_fen = listing["solo_price_fen"] * 8 // 10
    await create_campaign(merchant, product_id, "老客帶新客", [(2, price_fen)], newcomers_only=True)
    campaign = await campaign_of(running_shop, product_id)
    initiator = await friend("老朋友")
    order = await initiator.buy("open", listing["offer"]["skus"][0]["sku_id"], campaign_id=campaign["id"])
    link = f"/group/{order['group_id']}"

    await old.go(link)
    await old.sees("newcomers", "新客團")
    await old.tap("join")
    await old.tap("sku-done")
    await old.tap("submit-order")
    await old.sees("refused", "這個團只收新客：你在這家店買過了")
    await old.person.shot("refused")
    await old.tap("open-own")  # and is led to where they may start one themselves
    await old.sees("open-group", "發起拼團")
    await old.go(link)

    newcomer = await new_shopper("新客人")
    await join_by_link(newcomer, link)
    await newcomer.sees("group-status", "成團成功")
    await old.sees("group-status", "這個團已成團")
