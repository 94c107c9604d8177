"""Campaigns, stock and strangers: what must not be accepted has a name, and the whole database stays as it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.databases import fingerprint
from tests.support.shop import Shop

ORDERS = "/api/v1/trade/orders"
CONSOLE = "/api/v1/trade/console"
INVALID = "platform/invalid-request"
NOBODY = "00000000-0000-7000-8000-000000000001"
Case = tuple[str, list[Any], list[Any], dict[str, Any], str]
NO_FLAG: list[Any] = ["sometimes", 2, []]


def _tiers(_: Shop) -> list[Case]:
    return [
        ("tiers out of order", [5, 3], [9000, 8000], {}, "trade/bad-tiers"),
        ("equal sizes", [3, 3], [9000, 8000], {}, "trade/bad-tiers"),
        ("equal sizes among three", [2, 5, 5], [9000, 8000, 7000], {}, "trade/bad-tiers"),
        ("more people, higher price", [3, 5], [8000, 9000], {}, "trade/bad-tiers"),
        ("price above buying alone", [3], [10001], {}, "trade/bad-tiers"),
        ("second price above buying alone", [3, 5], [9000, 10001], {}, "trade/bad-tiers"),
        ("price zero", [3], [0], {}, "trade/bad-tiers"),
        ("last price zero", [3, 5], [9000, 0], {}, "trade/bad-tiers"),
        ("negative price", [3], [-1], {}, INVALID),
        ("fractional price", [3], [90.5], {}, INVALID),
        ("price as text", [3], ["9000"], {}, INVALID),
        ("price too large to count", [3], [10**20], {}, INVALID),
        ("a group of one", [1], [9000], {}, INVALID),
        ("a group of nobody", [0], [9000], {}, INVALID),
        ("fewer than nobody", [-3], [9000], {}, INVALID),
        ("two and a half people", [2.5], [9000], {}, INVALID),
        ("no tiers", [3], [9000], {"tiers": []}, INVALID),
        ("fixed with two tiers", [3, 5], [9000, 8000], {"kind": "fixed"}, "trade/bad-tiers"),
        ("a ladder with one tier", [3], [9000], {"kind": "ladder"}, "trade/bad-tiers"),
        ("unknown kind", [3], [9000], {"kind": "pyramid"}, INVALID),
    ]


def _terms(shop: Shop) -> list[Case]:
    now = shop.world.clock.now()
    past, soon = (now - timedelta(seconds=1)).isoformat(), (now + timedelta(days=1)).isoformat()
    bad_values: list[tuple[str, Any]] = [
        *(("initiator_off_percent", value) for value in (0, 101, -1, 50.5, "50", True)),
        *(("stock_cap", value) for value in (0, -1, 1.5, "5")),
        *(("per_user_limit", value) for value in (0, -1, 1.5, "5")),
        *(("group_duration_s", value) for value in (0, -60, 59, 60.5, "3600", 10**9)),
        *(("newcomers_only", value) for value in NO_FLAG),
        *(("hard_end", value) for value in NO_FLAG),
        *(("ends_at", value) for value in ("tomorrow", "2026-07-01T00:00:00", None)),
        ("regions", ["x"]),
        ("name", "x" * 1000),
        ("name", "a\x00b"),
    ]
    values: list[Case] = [(f"{name} {str(value)[:12]!r}", [3], [9000], {name: value}, INVALID)
                          for name, value in bad_values]  # fmt: skip
    return [
        *values,
        ("end in the past", [3], [9000], {"ends_at": past}, "trade/bad-campaign-times"),
        ("end this very moment", [3], [9000], {"ends_at": now.isoformat()}, "trade/bad-campaign-times"),
        ("end before the beginning", [3], [9000], {"starts_at": soon, "ends_at": soon}, "trade/bad-campaign-times"),
        ("overflow on a fixed group", [3], [9000], {"overflow": True}, "trade/bad-tiers"),
        ("no such province", [3], [9000], {"regions": ["440000", "999999"]}, "trade/unknown-province"),
        ("one variant twice", [3], [9000], {"tiers": [{"people": 3, "prices": [
            {"sku_id": shop.sku_id, "price_fen": 9000}, {"sku_id": shop.sku_id, "price_fen": 1}]}]}, INVALID),
        ("unknown product", [3], [9000], {"product_id": NOBODY}, "trade/sku-not-found"),
        ("unknown variant", [3], [9000], {"tiers": [{"people": 3, "prices": [{"sku_id": NOBODY, "price_fen": 1}]}]},
         "trade/bad-tiers"),
    ]  # fmt: skip


@pytest.mark.parametrize("group", [_tiers, _terms])
async def test_a_campaign_that_makes_no_sense_is_refused_by_name(
    shop: Shop, database_url: str, group: Callable[[Shop], list[Case]]
) -> None:
    before = fingerprint(database_url)
    wrong: list[Any] = []
    for name, people, prices, changes, code in group(shop):
        answer = await shop.try_campaign(people, prices, **changes)
        told = answer.json().get("code")
        if told != code or answer.headers["content-type"] != "application/problem+json":
            wrong.append((name, answer.status_code, told, answer.text[:200]))
        if (after := fingerprint(database_url)) != before:
            wrong.append((name, "changed", [table for table in after if after[table] != before[table]]))
            before = after
    assert wrong == []
    assert (await shop.try_campaign([3, 5], [9000, 8000])).status_code == 201, "what they vary is right otherwise"


@pytest.mark.parametrize("on_hand", [-1, 1.5, "5", None, True, 10**12])
async def test_stock_is_counted_in_whole_units(shop: Shop, database_url: str, on_hand: Any) -> None:
    before = fingerprint(database_url)
    answer = await shop.count(on_hand, expected=100)
    assert (answer.status_code, answer.json()["code"]) == (422, INVALID)
    assert fingerprint(database_url) == before


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("PUT", f"{CONSOLE}/stock/{NOBODY}", "trade/sku-not-found"),
        ("GET", f"{CONSOLE}/campaigns/{NOBODY}", "trade/campaign-not-found"),
        ("POST", f"{CONSOLE}/campaigns/{NOBODY}/stop", "trade/campaign-not-found"),
        ("POST", f"{CONSOLE}/refunds/{NOBODY}/retry", "trade/refund-not-found"),
        ("GET", f"{CONSOLE}/orders/{NOBODY}", "trade/order-not-found"),
        ("GET", f"/api/v1/trade/groups/{NOBODY}", "trade/group-not-found"),
    ],
)
async def test_what_is_not_there_is_not_found(shop: Shop, database_url: str, method: str, path: str, code: str) -> None:
    before = fingerprint(database_url)
    body = {"on_hand": 1, "expected": 0} if method == "PUT" else None
    headers = shop.merchant._headers() | {"Idempotency-Key": str(uuid4())}
    answer = await shop.world.client.request(method, path, headers=headers, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert fingerprint(database_url) == before


async def test_a_strangers_order_does_not_exist(shop: Shop, database_url: str) -> None:
    """Unpaid, waiting for its group and ready to ship: read, pay, cancel, sync and receive."""
    campaign = await shop.campaign([3], [7000])
    owner, stranger = await shop.shopper(1), await shop.shopper(2)
    unpaid, waiting, ready = await owner.order("solo"), await owner.open(campaign), await owner.order("solo")
    await owner.pay(waiting["id"])
    await owner.pay(ready["id"])
    before = fingerprint(database_url)
    to_pay = {"channel": "wechat_h5", "return_url": "http://shop.test/back"}
    for order in (unpaid, waiting, ready):
        path = f"{ORDERS}/{order['id']}"
        answers = [await stranger.person.get(path), await stranger.person.post(f"{path}/pay", to_pay)]
        answers += [await stranger.person.post(f"{path}/{what}") for what in ("cancel", "sync", "confirm-receipt")]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "trade/order-not-found")] * 5
        await shop.world.settle()
    assert fingerprint(database_url) == before
