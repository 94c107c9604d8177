"""Shown prices are those of one variant, of what can be bought now: card, page, sort and group say the same."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.modules.trade.test_groups import group_page
from tests.modules.trade.variants import document, edit, stock, tier, variants
from tests.support.shop import Shop


@dataclass
class Case:
    """Prices by variant: alone, in the group (None: not in the campaign), units in stock. What is to be shown."""

    alone: list[int]
    group: list[int | None]
    left: list[int]
    shown: tuple[int, int, int | None, bool]
    """Which variant, its price alone, its price in a group, whether something is in stock."""
    list_price_fen: int | None = None
    struck: int | None = None
    cap: int | None = None
    removed: list[int] = field(default_factory=list)


CASES = {
    "the cheapest in a group, with its own price alone": Case(
        [9990, 4990], [5990, 2990], [9, 9], (1, 4990, 2990, True)
    ),
    "never one variant alone beside another in a group": Case(
        [1000, 9000], [None, 8000], [9, 9], (1, 9000, 8000, True)
    ),
    "what is sold out stands for nothing": Case([5000, 9000], [4000, 8000], [0, 9], (1, 9000, 8000, True)),
    "what is removed stands for nothing": Case([5000, 9000], [4000, 8000], [9, 9], (1, 9000, 8000, True), removed=[0]),
    "of equals the first in the merchant's order": Case([5000, 5000], [4000, 4000], [9, 9], (0, 5000, 4000, True)),
    "no group where its variants are sold out": Case([5000, 9000], [4000, None], [0, 9], (1, 9000, None, True)),
    "all sold out: no group, no comparison": Case([5000, 9000], [4000, 8000], [0, 0], (0, 5000, None, False)),
    "a list price belongs to an only variant": Case(
        [5000], [4000], [9], (0, 5000, 4000, True), list_price_fen=6000, struck=6000
    ),
    "not to one of several": Case([5000, 9000], [4000, 8000], [9, 9], (0, 5000, 4000, True), list_price_fen=9500),
    "and is no comparison where it is not above the price": Case(
        [5000], [4000], [9], (0, 5000, 4000, True), list_price_fen=5000
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_what_stands_for_a_product(shop: Shop, case: Case) -> None:
    ids = await variants(shop, *case.alone, list_price_fen=case.list_price_fen)
    prices = {sku_id: fen for sku_id, fen in zip(ids, case.group, strict=True) if fen is not None}
    await shop.campaign([3], [0], tiers=[tier(3, prices)])
    for sku_id, left in zip(ids, case.left, strict=True):
        await stock(shop, sku_id, left)
    if case.removed:
        body = await document(shop)
        await edit(shop, body | {"skus": [sku for n, sku in enumerate(body["skus"]) if n not in case.removed]})
    client = shop.world.client
    (card,) = (await client.get("/api/v1/trade/listings")).json()["items"]
    offer = (await client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    variant, alone, group, in_stock = case.shown
    told = [
        (card["sku_id"], card["solo_price_fen"], first_tier(card), not card["sold_out"], card["list_price_fen"]),
        (
            offer["shown"]["sku_id"],
            offer["shown"]["solo_price_fen"],
            first_tier(offer),
            offer["shown"]["in_stock"],
            offer["shown"]["list_price_fen"],
        ),
    ]
    assert told == [(ids[variant], alone, group, in_stock, case.struck)] * 2
    assert (card["sku_name"] is None) == (len(ids) - len(case.removed) == 1)


def first_tier(view: dict[str, Any]) -> int | None:
    return view["campaign"]["tiers"][0]["price_fen"] if view["campaign"] else None


async def test_sorts_go_by_the_prices_that_are_shown(shop: Shop) -> None:
    """One product, asked by both sorts: a sold-out bargain moves it to the end of neither by an old price."""
    ids = await variants(shop, 1000, 9000)
    await shop.campaign([3], [0], tiers=[tier(3, {ids[0]: 100, ids[1]: 8101})])
    assert await ranks(shop) == {"price": 100, "discount": 100}
    await stock(shop, ids[0], 0)
    assert await ranks(shop) == {"price": 8101, "discount": 901}, "no tenth is saved by a fen too little"
    await stock(shop, ids[1], 0)
    assert await ranks(shop) == {"price": 1000000000000, "discount": 1000}


async def ranks(shop: Shop) -> dict[str, int]:
    await shop.world.settle()
    async with shop.world.composition.running["trade"].database.read() as db:
        ((price, discount),) = await db.fetch_tuples("select price_rank, discount_rank from shelf_card")
    return {"price": price, "discount": discount}


async def test_an_old_campaigns_group_keeps_its_own_price_beside_a_new_campaign(shop: Shop) -> None:
    now = shop.world.clock.now()
    old = await shop.campaign([3], [9000], ends_at=(now + timedelta(minutes=30)).isoformat(), hard_end=False)
    starter = await shop.shopper(1)
    order = await starter.open(old)
    await starter.pay(order["id"])
    shop.world.clock.advance(timedelta(minutes=40))
    await shop.campaign([2], [5000])
    client = shop.world.client
    offer = (await client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert first_tier(offer) == 5000
    assert [(card["id"], card["price_fen"]) for card in offer["groups"]] == [(order["group_id"], 9000)]
    (card,) = (await client.get("/api/v1/trade/listings")).json()["items"]
    assert (first_tier(card), card["nearest_group"]) == (5000, None)
    joining = (await client.get(f"/api/v1/trade/groups/{order['group_id']}/offer")).json()
    assert (first_tier(joining), joining["skus"][0]["tier_prices_fen"]) == (9000, [9000])
    page = await group_page(shop, order["group_id"])
    assert (page["tiers"][0]["price_fen"], page["solo_price_fen"], page["sku_name"]) == (9000, 10000, None)


async def test_a_spent_campaign_offers_no_group(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000], stock_cap=1)
    buyer = await shop.shopper(1)
    await buyer.open(campaign)
    (card,) = (await shop.world.client.get("/api/v1/trade/listings")).json()["items"]
    assert (card["campaign"], card["solo_price_fen"], card["sold_out"]) == (None, 10000, False)


async def test_a_stopped_campaign_offers_no_group(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000])
    await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    await shop.world.settle()
    (card,) = (await shop.world.client.get("/api/v1/trade/listings")).json()["items"]
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert (card["campaign"], offer["campaign"], offer["shown"]["solo_price_fen"]) == (None, None, 10000)
    again = await shop.campaign([3], [7000])
    (card,) = (await shop.world.client.get("/api/v1/trade/listings")).json()["items"]
    assert (card["campaign"]["id"], first_tier(card)) == (again["id"], 7000)


async def test_only_groups_that_somebody_can_join_are_counted(shop: Shop) -> None:
    """More than the page shows at once: three of five have a free seat."""
    campaign = await shop.campaign([2], [9000])
    groups = []
    for number in range(5):
        starter = await shop.shopper(number)
        order = await starter.open(campaign)
        await starter.pay(order["id"])
        groups.append(order["group_id"])
    for number, group_id in enumerate(groups[:2]):
        await (await shop.shopper(10 + number)).join(group_id)
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert ({card["id"] for card in offer["groups"]}, offer["groups_total"]) == (set(groups[2:]), 3)
