"""A product or a variant leaves the shelf: no new groups, and open groups go on to their end by their own terms."""

from datetime import timedelta
from typing import Any

import pytest

from tests.modules.trade.test_groups import fill, group_page
from tests.modules.trade.variants import PRODUCTS, document, edit, tier, variants
from tests.support.shop import Shop


async def withdraw(shop: Shop) -> None:
    assert (await shop.merchant.post(f"{PRODUCTS}/{shop.product_id}/unpublish")).status_code == 200
    await shop.world.settle()


async def remove(shop: Shop) -> None:
    """The shop's own variant is no longer in the form; another one is."""
    body = await document(shop)
    await edit(shop, body | {"skus": [{"id": None, "name": {"en": "another"}, "solo_price_fen": 10000}]})


@pytest.mark.parametrize("leave", [withdraw, remove])
async def test_an_open_group_can_still_be_filled_and_no_other_is_opened(shop: Shop, leave: Any) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 2)
    await leave(shop)
    third, fourth = await shop.shopper(3), await shop.shopper(4)
    refused = [
        await fourth.try_order("open", campaign_id=campaign["id"]),
        await fourth.try_order("solo"),
    ]
    assert [answer.json()["code"] for answer in refused] == ["trade/sku-not-found"] * 2
    offer = (await shop.world.client.get(f"/api/v1/trade/groups/{group_id}/offer")).json()
    assert [(sku["sku_id"], sku["tier_prices_fen"]) for sku in offer["skus"]] == [(shop.sku_id, [8000])]
    assert (await third.person.post("/api/v1/trade/orders/preview", wish(shop, group_id))).json()["payable_fen"] == 8000
    order = await third.join(group_id)
    await third.pay(order["id"])
    page = await group_page(shop, group_id)
    assert (page["status"], page["paid"], page["on_sale"]) == ("succeeded", 3, leave is remove)
    assert (await third.see(order["id"]))["status"] == "to_ship"


def wish(shop: Shop, group_id: str) -> dict[str, Any]:
    return {"mode": "join", "sku_id": shop.sku_id, "quantity": 1, "group_id": group_id}


async def test_its_page_says_so_and_lists_the_groups(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    await withdraw(shop)
    client = shop.world.client
    product = await client.get(f"/api/v1/catalog/products/{shop.product_id}")
    assert (product.status_code, product.json()["published"]) == (200, False)
    offer = (await client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert (offer["on_sale"], offer["campaign"], offer["skus"]) == (False, None, [])
    assert [(card["id"], card["price_fen"]) for card in offer["groups"]] == [(group_id, 8000)]
    assert (await client.get("/api/v1/trade/listings")).json()["items"] == []


async def test_what_nobody_was_shown_stays_hidden(shop: Shop) -> None:
    created = await shop.merchant.post(PRODUCTS, await document(shop) | {"skus": [sku("only")]})
    path = f"/api/v1/catalog/products/{created.json()['id']}"
    assert (await shop.world.client.get(path)).status_code == 404


def sku(name: str) -> dict[str, Any]:
    return {"id": None, "name": {"en": name}, "solo_price_fen": 5000}


async def test_the_merchant_is_told_how_many_groups_and_people_before(shop: Shop) -> None:
    ids = await variants(shop, 10000, 20000)
    campaign = await shop.campaign([3], [0], tiers=[tier(3, {ids[0]: 8000})])
    group_id, members = await fill(shop, campaign, 2)
    page = await group_page(shop, group_id)
    path = f"/api/v1/trade/console/products/{shop.product_id}"
    (told,) = (await shop.merchant.get(f"{path}/commitments")).json()["items"]
    assert (told["groups"], told["people"], told["until"], told["sku_ids"]) == (1, 2, page["deadline"], [ids[0]])
    assert told["activity_id"] == campaign["id"]

    ended = (await shop.merchant.post(f"{path}/end-groups")).json()["items"]
    for _ in range(3):
        await shop.world.settle()
    assert [item["people"] for item in ended] == [2]
    assert (await shop.merchant.get(f"{path}/commitments")).json()["items"] == []
    page = await group_page(shop, group_id)
    assert (page["status"], page["fail_reason"]) == ("failed", "campaign_stopped")
    for buyer, order_id in members:
        assert (await buyer.see(order_id))["status"] == "refunded"
        inbox = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
        told = [item for item in inbox if item["template"] == "group_failed"]
        assert [item["params"]["reason"] for item in told] == ["campaign_stopped"]


async def test_only_groups_that_are_still_open_are_told_of(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000])
    await fill(shop, campaign, 2)
    (told,) = (await shop.merchant.get(f"/api/v1/trade/console/products/{shop.product_id}/commitments")).json()["items"]
    assert (told["activity_id"], told["groups"], told["people"], told["until"]) == (campaign["id"], 0, 0, None)


async def test_an_ended_campaign_whose_groups_go_on_is_told_of(shop: Shop) -> None:
    ends_at = shop.world.clock.now() + timedelta(minutes=30)
    campaign = await shop.campaign([3], [8000], ends_at=ends_at.isoformat(), hard_end=False)
    await fill(shop, campaign, 1)
    shop.world.clock.advance(timedelta(minutes=40))
    path = f"/api/v1/trade/console/products/{shop.product_id}/commitments"
    (told,) = (await shop.merchant.get(path)).json()["items"]
    assert (told["activity_id"], told["groups"], told["people"]) == (campaign["id"], 1, 1)
    shop.world.clock.advance(timedelta(minutes=30))
    for _ in range(3):
        await shop.world.settle()
    assert (await shop.merchant.get(path)).json()["items"] == []
