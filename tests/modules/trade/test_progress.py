"""How far a group is: one computation, and every view says the same."""

from typing import Any

import pytest

from chengtuan.modules.trade.activities.rules.progress import Filling, progress_of
from tests.modules.trade.test_groups import fill, group_page
from tests.support.shop import Shop


@pytest.mark.parametrize(
    ("tiers", "seats", "paid", "locked", "told"),
    [
        ([3], 3, 1, 1, ("form", 2, 0, False)),
        ([3], 3, 2, 3, ("form", 1, 1, True)),
        ([3], 3, 3, 3, ("none", 0, 0, True)),
        ([2, 3, 5], 5, 1, 1, ("form", 1, 0, False)),
        ([2, 3, 5], 5, 2, 2, ("next_tier", 1, 0, False)),
        ([2, 3, 5], 5, 4, 5, ("next_tier", 1, 1, True)),
        ([2, 3, 5], 5, 5, 5, ("none", 0, 0, True)),
        ([2, 3], 500, 7, 9, ("none", 0, 2, False)),
        ([2], 2, 0, 1, ("form", 2, 1, False)),
    ],
)
def test_what_the_next_people_bring(
    tiers: list[int], seats: int, paid: int, locked: int, told: tuple[str, int, int, bool]
) -> None:
    progress = progress_of(tiers, paid)
    filling = Filling(progress.goal, progress.missing, seats, paid, locked)
    assert (filling.goal, filling.missing, filling.held, filling.full) == told


def said(view: dict[str, Any]) -> tuple[str, int, int, bool]:
    return view["goal"], view["missing"], view["held"], view["full"]


@pytest.mark.feature("F13")
async def test_a_ladder_past_its_first_tier_no_longer_waits_to_form_and_all_views_agree(shop: Shop) -> None:
    campaign = await shop.campaign([2, 4], [9000, 8000])
    group_id, [(buyer, order_id), _] = await fill(shop, campaign, 2)
    third = await shop.shopper(3)
    await third.join(group_id)
    (card,) = (await shop.world.client.get("/api/v1/trade/listings")).json()["items"]
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    rows = (await shop.merchant.get("/api/v1/trade/console/groups")).json()["items"]
    views = [
        await group_page(shop, group_id),
        (await buyer.see(order_id))["group"],
        card["nearest_group"],
        offer["groups"][0],
        rows[0],
    ]
    assert [said(view) for view in views] == [("next_tier", 2, 1, False)] * 5


@pytest.mark.feature("F1")
async def test_about_to_form_is_who_has_to_form(shop: Shop) -> None:
    """A ladder that lacks one for a lower price is not more urgent than a group that lacks two to form."""
    campaign = await shop.campaign([2, 3], [9000, 8000])
    formed_already, _ = await fill(shop, campaign, 2)
    (card,) = (await shop.world.client.get("/api/v1/trade/listings", params={"sort": "forming"})).json()["items"]
    assert card["nearest_group"]["id"] == formed_already
    starter = await shop.shopper(9)
    order = await starter.open(campaign)
    await starter.pay(order["id"])
    (card,) = (await shop.world.client.get("/api/v1/trade/listings", params={"sort": "forming"})).json()["items"]
    assert (card["nearest_group"]["id"], card["nearest_group"]["goal"]) == (order["group_id"], "form")


async def test_a_group_without_a_free_seat_cannot_be_previewed(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    second, third = await shop.shopper(2), await shop.shopper(3)
    wish = {"mode": "join", "sku_id": shop.sku_id, "quantity": 1, "group_id": group_id}
    assert (await second.person.post("/api/v1/trade/orders/preview", wish)).status_code == 200
    await second.join(group_id)
    answers = [await buyer.person.post("/api/v1/trade/orders/preview", wish) for buyer in (third, second)]
    assert [answer.json()["code"] for answer in answers] == ["trade/group-full", "trade/already-in-group"]
    alone = {"mode": "solo", "sku_id": shop.sku_id, "quantity": 100}
    assert (await third.person.post("/api/v1/trade/orders/preview", alone)).json()["code"] == "trade/sold-out"
