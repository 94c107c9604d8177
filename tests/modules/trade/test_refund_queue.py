"""The refunds that a person has to look at, as the merchant's staff see them, and asking for one again (rule 4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.modules.trade.test_groups import fill
from tests.support.shop import Shop, open_shop

QUEUE = "/api/v1/trade/console/refunds"


async def expire_with(shop: Shop, *faults: str) -> list[str]:
    """A group of two of three expires; each fault is met by one refund. The orders."""
    campaign = await shop.campaign([3], [8000])
    _, members = await fill(shop, campaign, 2)
    for kind in faults:
        await shop.world.partner.post("/control/faults", json={"kind": kind})
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    return [order_id for _, order_id in members]


async def later(shop: Shop, **time: float) -> None:
    shop.world.clock.advance(timedelta(**time))
    await shop.world.settle()


async def summary(shop: Shop) -> dict[str, Any]:
    return dict((await shop.merchant.get(f"{QUEUE}/summary")).json())


async def test_one_bad_refund_stays_in_the_queue_and_blocks_nobody(shop: Shop) -> None:
    assert (await summary(shop))["waiting"] == 0
    planned_at = shop.world.clock.now() + timedelta(hours=1)
    await expire_with(shop, "refund_abnormal")
    await later(shop, minutes=2)

    queue = await summary(shop)
    assert (queue["waiting"], queue["waiting_fen"], queue["abnormal"], queue["abnormal_fen"]) == (1, 8000, 1, 8000)
    assert datetime.fromisoformat(queue["oldest_abnormal_at"]) >= planned_at
    (row,) = (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"]
    assert (row["trouble"], "ABNORMAL" in row["trouble_words"]) == ("failed", True)
    assert [r["status"] for r in (await shop.merchant.get(QUEUE)).json()["items"]].count("succeeded") == 1


@pytest.mark.feature("X7")
async def test_staff_ask_again_and_the_money_goes_back(shop: Shop) -> None:
    orders = await expire_with(shop, "refund_closed")
    await later(shop, seconds=5)
    (row,) = (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"]
    assert row["trouble"] == "closed"

    answer = await shop.merchant.post(f"{QUEUE}/{row['id']}/retry")
    assert (answer.status_code, answer.json()["status"], answer.json()["trouble"]) == (200, "submitted", None)
    again = await shop.merchant.post(f"{QUEUE}/{row['id']}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "trade/refund-not-abnormal")
    await later(shop, minutes=2)
    await later(shop, minutes=2)

    rows = (await shop.merchant.get(QUEUE)).json()["items"]
    assert sorted((r["order_id"], r["status"], r["trouble"]) for r in rows) == sorted(
        (order_id, "succeeded", None) for order_id in orders
    )
    assert (await summary(shop))["waiting"] == 0


async def test_what_fails_again_is_in_the_queue_again(shop: Shop) -> None:
    await expire_with(shop, "refund_closed")
    await later(shop, seconds=5)
    (row,) = (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"]
    await shop.world.partner.post("/control/faults", json={"kind": "refund_closed"})
    await shop.merchant.post(f"{QUEUE}/{row['id']}/retry")
    await later(shop, minutes=2)
    (row,) = (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"]
    assert row["trouble"] == "closed"


async def test_another_merchants_queue_is_closed(shop: Shop) -> None:
    await expire_with(shop, "refund_abnormal")
    await later(shop, minutes=2)
    (row,) = (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"]
    stranger = (await open_shop(shop.world)).merchant
    refused = await stranger.post(f"{QUEUE}/{row['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (404, "trade/refund-not-found")
    assert (await stranger.get(f"{QUEUE}/summary")).json()["waiting"] == 0
    assert (await stranger.get(QUEUE)).json()["items"] == []
    assert (await shop.merchant.get(QUEUE, status="abnormal")).json()["items"] == [row]


async def test_who_waits_longest_is_looked_at_first(shop: Shop) -> None:
    await expire_with(shop, "refund_abnormal", "refund_abnormal")
    await later(shop, minutes=2)
    first, second = sorted(row["id"] for row in (await shop.merchant.get(QUEUE)).json()["items"])
    for query, expected in (({"status": "abnormal"}, [first, second]), ({}, [second, first])):
        page = (await shop.merchant.get(QUEUE, limit=1, **query)).json()
        rest = (await shop.merchant.get(QUEUE, limit=1, cursor=page["next_cursor"], **query)).json()
        assert [row["id"] for row in (*page["items"], *rest["items"])] == expected
        assert rest["next_cursor"] is None
