"""A page that waits for its order to be paid asks once, and is answered when it is."""

import asyncio
from typing import Any

import httpx
import pytest

from chengtuan.platform.http import waiting
from tests.support.orders import order
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import World

PATIENCE_S = 20.0
"""Less than anybody waits here: whoever is answered by then was told."""


@pytest.fixture
async def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(waiting, "LOOK_AGAIN_S", 60.0)
    return await open_shop(world)


async def _waiting(buyer: Buyer, order_id: str) -> asyncio.Task[httpx.Response]:
    """Somebody who has looked and waits."""
    room = buyer.shop.world.composition.waiting
    task = asyncio.create_task(buyer.person.get(f"/api/v1/trade/orders/{order_id}", wait=30))
    async with asyncio.timeout(PATIENCE_S):
        while not any(turn._watch for turn in room._turns):
            await asyncio.sleep(0.001)
    return task


async def _answer(task: asyncio.Task[httpx.Response]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        answer = await task
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("kind", "status"), [("solo", "to_ship"), ("group", "grouping")])
async def test_who_waits_is_told_of_the_money(shop: Shop, kind: Any, status: str) -> None:
    made = await order(shop, "pending_payment", kind)
    task = await _waiting(made.buyer, made.id)
    await made.buyer.pay(made.id)
    assert (await _answer(task))["status"] == status


async def test_who_waits_is_told_that_the_order_is_given_up(shop: Shop) -> None:
    made = await order(shop, "pending_payment")
    task = await _waiting(made.buyer, made.id)
    assert (await made.buyer.person.post(f"/api/v1/trade/orders/{made.id}/cancel")).status_code == 200
    assert (await _answer(task))["status"] == "cancelled"


async def test_there_is_nothing_to_wait_for_in_any_other_state(shop: Shop) -> None:
    made = await order(shop, "grouping", "group")
    async with asyncio.timeout(PATIENCE_S):
        answer = await made.buyer.person.get(f"/api/v1/trade/orders/{made.id}", wait=30)
    assert answer.json()["status"] == "grouping"


async def test_when_the_time_is_over_the_order_is_shown_as_it_is(shop: Shop) -> None:
    made = await order(shop, "pending_payment")
    async with asyncio.timeout(PATIENCE_S):
        answer = await made.buyer.person.get(f"/api/v1/trade/orders/{made.id}", wait=1)
    assert answer.json()["status"] == "pending_payment"


async def test_nobody_waits_for_somebody_elses_order(shop: Shop) -> None:
    made = await order(shop, "pending_payment")
    other = await shop.shopper(2)
    async with asyncio.timeout(PATIENCE_S):
        assert (await other.person.get(f"/api/v1/trade/orders/{made.id}", wait=30)).status_code == 404
    assert not shop.world.composition.waiting._turns


@pytest.mark.parametrize("wait", ["-1", "31", "9" * 5000, "1.5", "NaN", "soon", "", "0x10", "1e9", ["1", "x"]])
async def test_what_is_no_time_to_wait_is_refused(shop: Shop, wait: Any) -> None:
    made = await order(shop, "pending_payment")
    answer = await made.buyer.person.get(f"/api/v1/trade/orders/{made.id}", wait=wait)
    assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request"), answer.text


async def test_one_person_waits_in_a_few_places_and_may_look_all_the_same(shop: Shop) -> None:
    made = await order(shop, "pending_payment")
    room = shop.world.composition.waiting
    tasks = [await _waiting(made.buyer, made.id) for _ in range(waiting.OF_ONE_PERSON)]
    async with asyncio.timeout(PATIENCE_S):
        while len(room._turns) < waiting.OF_ONE_PERSON:
            await asyncio.sleep(0.001)
    refused = await made.buyer.person.get(f"/api/v1/trade/orders/{made.id}", wait=30)
    assert (refused.status_code, refused.json()["code"]) == (429, "platform/too-many-requests")
    assert (await made.buyer.see(made.id))["status"] == "pending_payment"
    await made.buyer.pay(made.id)
    assert {(await _answer(task))["status"] for task in tasks} == {"to_ship"}
