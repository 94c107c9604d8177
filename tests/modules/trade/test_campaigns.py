"""Campaigns in the console: one form for both kinds, refused where it makes no sense."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.guards import after_waiting
from tests.support.orders import order
from tests.support.shop import Shop, open_shop


@pytest.mark.parametrize(
    ("people", "prices", "changes", "code"),
    [
        ([5, 3], [9000, 8000], {}, "trade/bad-tiers"),
        ([3, 5], [8000, 9000], {}, "trade/bad-tiers"),
        ([3], [10001], {}, "trade/bad-tiers"),
        ([3], [0], {}, "trade/bad-tiers"),
        ([3], [9000], {"kind": "ladder"}, "trade/bad-tiers"),
        ([1], [9000], {}, "platform/invalid-request"),
        ([3], [-1], {}, "platform/invalid-request"),
        ([3], [90.5], {}, "platform/invalid-request"),
        ([3], [9000], {"group_duration_s": 59}, "platform/invalid-request"),
        ([3], [9000], {"ends_at": "2026-05-31T00:00:00Z"}, "trade/bad-campaign-times"),
        ([3], [9000], {"starts_at": "2026-07-02T00:00:00Z"}, "trade/bad-campaign-times"),
        ([3], [9000], {"ends_at": "2026-07-01T00:00:00"}, "platform/invalid-request"),
        ([3], [9000], {"regions": ["x"]}, "platform/invalid-request"),
        ([3], [9000], {"product_id": "00000000-0000-0000-0000-000000000000"}, "trade/sku-not-found"),
    ],
)
@pytest.mark.feature("F12")
async def test_definitions_that_make_no_sense(
    shop: Shop, people: list[int], prices: list[Any], changes: dict[str, Any], code: str
) -> None:
    refused = await shop.try_campaign(people, prices, **changes)
    assert refused.json()["code"] == code, refused.text
    rows = (await shop.merchant.get("/api/v1/trade/console/campaigns")).json()["items"]
    assert rows == []


async def test_two_campaigns_of_a_product_do_not_overlap(shop: Shop) -> None:
    first = await shop.campaign([3], [9000])
    refused = await shop.try_campaign([2], [9500])
    assert (refused.status_code, refused.json()["campaign_id"]) == (409, first["id"])
    now = shop.world.clock.now()
    for starts, ends in ((60, 61), (30, 60)):  # between the two others, to the instant
        times = {
            "starts_at": (now + timedelta(days=starts)).isoformat(),
            "ends_at": (now + timedelta(days=ends)).isoformat(),
        }
        assert (await shop.campaign([2], [9500], **times))["status"] == "scheduled"


async def test_a_campaign_runs_from_its_first_instant_and_not_in_its_last(shop: Shop) -> None:
    now = shop.world.clock.now()
    window = {"starts_at": (now + timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat()}
    campaign = await shop.campaign([3], [9000], **window)
    told = [campaign["status"]]
    for _ in range(2):
        shop.world.clock.advance(timedelta(hours=1))
        told.append((await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()["status"])
    assert told == ["scheduled", "running", "ended"]


async def test_a_group_that_nobody_ever_saw_did_not_fail(shop: Shop) -> None:
    campaign = await shop.campaign([2], [9000])
    buyer = await shop.shopper(1)
    await buyer.pay((await buyer.open(campaign))["id"])
    await (await shop.shopper(2)).open(campaign)  # and never pays
    shop.world.clock.advance(timedelta(hours=2))
    await shop.world.settle()
    row = (await shop.merchant.get(f"/api/v1/trade/console/campaigns/{campaign['id']}")).json()
    assert (row["groups_open"], row["groups_succeeded"], row["groups_failed"]) == (0, 0, 1)


async def test_who_publishes_waits_for_another_who_does(shop: Shop, database_url: str) -> None:
    """Else both would find the time free."""
    lock = "select from trade.listing where product_id = %s::uuid for no key update"
    published = await after_waiting(database_url, lock, shop.product_id, asked=shop.campaign([3], [9000]))
    assert published["status"] == "running"


async def test_another_merchants_campaign_is_not_there(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000])
    stranger = (await open_shop(shop.world)).merchant
    path = f"/api/v1/trade/console/campaigns/{campaign['id']}"
    assert (await stranger.get(path)).json()["code"] == "trade/campaign-not-found"
    assert (await stranger.post(f"{path}/stop")).json()["code"] == "trade/campaign-not-found"
    assert (await shop.merchant.get(path)).json()["status"] == "running"
    assert (await stranger.get("/api/v1/trade/console/campaigns")).json()["items"] == []


@pytest.mark.feature("F29")
async def test_limits_hold_for_seats_that_are_not_paid_yet(shop: Shop) -> None:
    campaign = await shop.campaign([3], [9000], per_user_limit=2, regions=["440000"])
    buyer = await shop.shopper(1)
    await buyer.open(campaign, quantity=2)
    refused = await buyer.try_order("open", campaign_id=campaign["id"])
    assert (refused.json()["code"], refused.json()["limit"]) == ("trade/purchase-limit", 2)


async def test_what_left_the_house_is_taken_of_the_cap_for_good(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000], stock_cap=3)
    await order(shop, "shipped", "group")
    path = f"/api/v1/trade/console/campaigns/{campaign['id']}"
    assert (await shop.merchant.get(path)).json()["stock_taken"] == 2


async def test_stock_cannot_be_counted_below_what_orders_hold(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    await buyer.order("solo", quantity=3)
    refused = await shop.count(2, expected=100)
    assert (refused.json()["code"], refused.json()["reserved"]) == ("trade/stock-too-low", 3)
    assert (await shop.count(3, expected=100)).json()["available"] == 0
