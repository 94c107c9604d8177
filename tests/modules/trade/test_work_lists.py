"""Lists that people work through: what waits longest, or ends next, comes first; the platform sees whose it is."""

from datetime import timedelta
from typing import Any

import pytest

from tests.modules.trade.test_order_search import ORDERS, platform
from tests.support.shop import Shop, open_shop
from tests.support.world import Person

GROUPS = "/api/v1/trade/console/groups"


async def walked(staff: Person, path: str, **query: Any) -> list[str]:
    """The ids of a list, two at a time."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        answer = await staff.get(path, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        ids += [item["id"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return ids


@pytest.mark.feature("F34")
async def test_what_waits_longest_is_shipped_first(shop: Shop) -> None:
    """It waits since its group formed, not since it was ordered."""
    campaign = await shop.campaign([2], [7000])
    first, second = await shop.shopper(1), await shop.shopper(2)
    grouped = await first.open(campaign)
    await first.pay(grouped["id"])
    alone = []
    for _ in range(2):
        shop.world.clock.advance(timedelta(minutes=1))
        order = await second.order("solo")
        await second.pay(order["id"])
        alone.append(order["id"])
    shop.world.clock.advance(timedelta(minutes=1))
    joined = await second.join(grouped["group_id"])
    await second.pay(joined["id"])
    unpaid = await first.order("solo")

    waiting = await walked(shop.merchant, ORDERS, sort="waiting")

    assert waiting[:2] == alone
    assert set(waiting[2:]) == {grouped["id"], joined["id"]}
    assert unpaid["id"] not in waiting
    assert (await walked(shop.merchant, ORDERS))[0] == unpaid["id"]
    items = (await shop.merchant.get(ORDERS, sort="waiting")).json()["items"]
    assert [item["ready_at"] for item in items] == sorted(item["ready_at"] for item in items)
    neighbour = await open_shop(shop.world)
    assert await walked(neighbour.merchant, ORDERS, sort="waiting") == []


async def test_the_orders_of_a_group_are_found_by_it(shop: Shop) -> None:
    campaign = await shop.campaign([2], [7000])
    first, second = await shop.shopper(1), await shop.shopper(2)
    opened = await first.open(campaign)
    await first.pay(opened["id"])
    joined = await second.join(opened["group_id"])
    await second.order("solo")

    group: dict[str, Any] = {"group_id": opened["group_id"]}
    assert await walked(shop.merchant, ORDERS, **group) == [joined["id"], opened["id"]]
    assert await walked(shop.merchant, ORDERS, status="pending_payment", **group) == [joined["id"]]
    neighbour = await open_shop(shop.world)
    assert await walked(neighbour.merchant, ORDERS, **group) == []


async def test_open_groups_come_by_their_deadline_and_others_newest_first(shop: Shop) -> None:
    late = await shop.campaign([2], [7000], group_duration_s=7200)
    buyers = [await shop.shopper(n) for n in range(4)]
    opened = []
    for buyer in buyers[:3]:
        order = await buyer.open(late)
        await buyer.pay(order["id"])
        opened.append(order["group_id"])
        shop.world.clock.advance(timedelta(minutes=1))
    assert await walked(shop.merchant, GROUPS, status="open") == opened
    assert await walked(shop.merchant, GROUPS) == opened[::-1]
    assert await walked(shop.merchant, GROUPS, status="open", campaign_id=late["id"]) == opened
    joined = await buyers[3].join(opened[0])
    await buyers[3].pay(joined["id"])
    assert await walked(shop.merchant, GROUPS, status="open") == opened[1:]
    neighbour = await open_shop(shop.world)
    assert await walked(neighbour.merchant, GROUPS, status="open") == []


async def test_the_platform_sees_whose_each_row_is(shop: Shop) -> None:
    campaign = await shop.campaign([2], [7000])
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    await buyer.pay(order["id"])
    await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await shop.world.settle()
    staff = await platform(shop.world)
    for path in (ORDERS, "/api/v1/trade/console/refunds", "/api/v1/trade/console/campaigns"):
        (row,) = (await staff.get(path)).json()["items"]
        assert (row["merchant_id"], row["merchant_name"]) == (str(shop.merchant_id), {"en": "Orchard"}), path
    (entry, *_) = (await staff.get("/api/v1/payments/console/ledger")).json()["items"]
    assert entry["merchant_id"] == str(shop.merchant_id)
