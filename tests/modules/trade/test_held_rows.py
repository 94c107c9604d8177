"""Somebody holds a row for long: who needs another one does not notice, who needs it gets an answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.admission.usecases import submit_order
from tests.concurrency.stage import another_product
from tests.support.flash import flash_sale, try_hold
from tests.support.invariants import violations
from tests.support.shop import Buyer, Shop
from tests.support.stock import rows
from tests.support.world import World, open_world

pytestmark = pytest.mark.slow

PATIENCE_S = 20
"""Far more than any limit of the product's: reaching it means that somebody waits for the lock."""


@pytest.fixture
async def world(database_url: str, tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    """Nobody waits longer than three seconds."""
    async with open_world(database_url, tmp_path, clock, request_timeout_s=3) as world:
        yield world


@contextmanager
def held(database_url: str, sql: str, *values: object) -> Iterator[None]:
    """Rows that `sql` locks stay locked inside."""
    with psycopg.connect(database_url) as connection:
        connection.execute(sql.encode(), values)
        yield


async def taken(*orders: asyncio.Task[httpx.Response]) -> list[int]:
    async with asyncio.timeout(PATIENCE_S):
        return [answer.status_code for answer in await asyncio.gather(*orders)]


def start(buyer: Buyer, mode: str, **wish: Any) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(buyer.try_order(mode, **wish))


LOCK_STOCK = "select 1 from trade.stock where sku_id = %s for update"
LOCK_BUYER = "select pg_advisory_xact_lock(hashtextextended('trade.buyer:' || %s, 0))"


async def test_a_held_product_holds_up_no_other_and_goes_on_when_it_is_free(shop: Shop, database_url: str) -> None:
    other = await another_product(shop)
    buyers = [await shop.shopper(number) for number in range(1, 7)]
    with held(database_url, LOCK_STOCK, shop.sku_id):
        waiting = [start(buyer, "solo") for buyer in buyers[:3]]
        passing = [start(buyer, "solo", sku_id=other) for buyer in buyers[3:]]
        assert await taken(*passing) == [201] * 3
        late = [start(buyer, "solo", sku_id=other) for buyer in buyers[:3]]
        assert await taken(*late) == [201] * 3, "the lane goes on"
        assert not any(order.done() for order in waiting)
    assert await taken(*waiting) == [201] * 3
    assert await taken(*(start(buyer, "solo") for buyer in buyers[3:])) == [201] * 3
    assert violations(database_url, settled=False) == []


async def test_whoever_needs_the_held_row_is_told_to_come_again(shop: Shop, database_url: str) -> None:
    buyer = await shop.shopper(1)
    with held(database_url, LOCK_STOCK, shop.sku_id):
        async with asyncio.timeout(PATIENCE_S):
            answer = await buyer.try_order("solo")
    assert (answer.status_code, answer.json()["code"]) == (503, "platform/overloaded")
    assert answer.headers["retry-after"] == "1"
    assert (await buyer.try_order("solo")).status_code == 201


async def test_a_held_buyer_holds_up_nobody_who_wants_the_same(shop: Shop, database_url: str) -> None:
    busy, other = await shop.shopper(1), await shop.shopper(2)
    with held(database_url, LOCK_BUYER, str(busy.person.id)):
        waiting = start(busy, "solo")
        assert await taken(start(other, "solo")) == [201]
        assert not waiting.done()
    assert await taken(waiting) == [201]


async def test_a_held_group_or_campaign_holds_up_only_its_own(shop: Shop, database_url: str) -> None:
    buyers = [await shop.shopper(number) for number in range(1, 5)]
    campaign = await shop.campaign([5], [7000])
    groups = [(await buyer.open(campaign)) for buyer in buyers[:2]]
    for buyer, order in zip(buyers[:2], groups, strict=True):
        await buyer.pay(order["id"])
    ids = [str(order["group_id"]) for order in groups]
    with held(database_url, "select 1 from trade.buy_group where id = %s for update", ids[0]):
        waiting = start(buyers[2], "join", group_id=ids[0])
        assert await taken(start(buyers[3], "join", group_id=ids[1])) == [201]
        assert not waiting.done()
    assert await taken(waiting) == [201]
    with held(database_url, "select 1 from trade.activity where id = %s for update", campaign["id"]):
        waiting = start(buyers[2], "join", group_id=ids[1])
        assert await taken(start(buyers[3], "solo")) == [201]
        assert not waiting.done()
    assert await taken(waiting) == [201]
    assert violations(database_url, settled=False) == []


async def test_a_held_flash_sale_holds_up_only_its_own(shop: Shop, database_url: str) -> None:
    sku_id = await another_product(shop)
    [(product_id,)] = rows(shop, f"select product_id from trade.listing_sku where sku_id = '{sku_id}'")
    other = await flash_sale(
        shop, product_id=str(product_id), variants=[{"sku_id": sku_id, "price_fen": 900, "units": 9}]
    )
    sale_id, buyers = await flash_sale(shop), [await shop.shopper(number) for number in range(1, 5)]
    with held(database_url, "select 1 from trade.flash_stock where activity_id = %s for update", sale_id):
        waiting = [asyncio.create_task(try_hold(buyer, sale_id)) for buyer in buyers[:2]]
        passing = [asyncio.create_task(try_hold(buyer, other, sku_id=sku_id)) for buyer in buyers]
        assert await taken(*passing) == [201] * 4
        assert not any(task.done() for task in waiting)
    assert await taken(*waiting) == [201] * 2
    assert violations(database_url, settled=False) == []


async def test_a_lane_that_waits_for_the_lock_holds_up_everybody(
    shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of this file."""
    monkeypatch.setattr(submit_order, "LOCK_S", 60)
    other = await another_product(shop)
    first, second = await shop.shopper(1), await shop.shopper(2)
    with held(database_url, LOCK_STOCK, shop.sku_id):
        assert await taken(start(first, "solo"), start(second, "solo", sku_id=other)) == [503, 503]
