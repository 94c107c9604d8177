"""Holds over HTTP: what is asked wrongly, asked twice, asked too early or too late; and what becomes of them."""

import asyncio
import traceback
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from chengtuan.modules.trade.flash.moves.take_holds import Answer, take_holds
from chengtuan.modules.trade.flash.rules.take import HoldWish
from chengtuan.modules.trade.flash.usecases import hold_units, read_closed, remember_refusals
from chengtuan.modules.trade.flash.usecases.remember_refusals import Refusals
from chengtuan.platform.database import WriteSession
from chengtuan.platform.http import closed
from tests.api.databases import fingerprint
from tests.concurrency.stage import another_product
from tests.support.flash import (
    CONSOLE,
    SALES,
    ask_for_ticket,
    flash_order,
    flash_sale,
    hold,
    own_sale,
    public_sale,
    see_hold,
    shown,
    try_hold,
    units,
)
from tests.support.serving import served
from tests.support.shop import Buyer, Shop
from tests.support.unions import two_accounts


async def code(buyer: Buyer, sale_id: str, **changes: Any) -> tuple[int, str]:
    answer = await try_hold(buyer, sale_id, **changes)
    return answer.status_code, answer.json().get("code", "")


STRANGER = "platform/not-signed-in"
INVALID = (422, "platform/invalid-request")
BAD = (422, "trade/bad-quantity")


async def test_what_is_asked_wrongly_is_refused_and_nothing_is_written(shop: Shop, database_url: str) -> None:
    sale_id, buyer = await flash_sale(shop, 5, per_user_limit=3), await shop.shopper(1)
    before = fingerprint(database_url)
    for quantity, expected in [
        (0, BAD),
        (-1, BAD),
        (1000, BAD),
        (10**30, BAD),
        (1.5, INVALID),
        ("1", INVALID),
        (True, INVALID),
        (None, INVALID),
        (4, (409, "trade/flash-limit")),
    ]:
        assert await code(buyer, sale_id, quantity=quantity) == expected, quantity
    assert await code(buyer, sale_id, sku_id="x") == INVALID
    assert await code(buyer, sale_id, sku_id=str(uuid4())) == (404, "trade/sku-not-found")
    assert await code(buyer, sale_id, sku_id=await another_product(shop)) == (404, "trade/sku-not-found")
    assert await code(buyer, str(uuid4())) == (404, "trade/flash-sale-not-found")
    group = await shop.campaign([3], [8000])
    assert await code(buyer, group["id"]) == (404, "trade/flash-sale-not-found")
    stranger = await buyer.person.client.post(f"{SALES}/{sale_id}/holds", json={})
    assert stranger.status_code == 401
    same = {table: found for table, found in fingerprint(database_url).items() if before[table] == found}
    assert {"trade.flash_hold", "trade.flash_stock", "trade.shop_order"} <= same.keys()


async def test_nobody_takes_before_it_starts_or_after_it_ended(shop: Shop) -> None:
    sale_id, buyer = await flash_sale(shop, 5, in_s=60, for_s=600), await shop.shopper(1)
    early = await try_hold(buyer, sale_id)
    assert (early.status_code, early.json()["code"]) == (409, "trade/flash-sale-not-started")
    assert early.json()["starts_at"].startswith((shop.world.clock.now() + timedelta(seconds=60)).isoformat()[:19])
    shop.world.clock.advance(timedelta(seconds=60))
    assert (await hold(buyer, sale_id))["status"] == "held"
    shop.world.clock.advance(timedelta(seconds=600))
    assert await code(await shop.shopper(2), sale_id) == (409, "trade/flash-sale-ended")


async def test_a_request_is_answered_again_also_when_nothing_is_left(shop: Shop) -> None:
    sale_id, buyer, key = await flash_sale(shop, 1, for_s=600), await shop.shopper(1), uuid4()
    held = await hold(buyer, sale_id, key=key)
    late = await shop.shopper(2)
    assert await code(buyer, sale_id, key=uuid4()) == (409, "trade/flash-sold-out")
    for _ in range(2):
        assert await code(late, sale_id) == (409, "trade/flash-sold-out")
        assert (await hold(buyer, sale_id, key=key))["id"] == held["id"]
    assert await code(buyer, sale_id, key=key, quantity=2) == (409, "trade/idempotency-conflict")
    assert await code(late, sale_id, key=key) == (409, "trade/flash-sold-out"), "another person's key is nothing"
    shop.world.clock.advance(timedelta(seconds=600))
    await shop.world.settle()
    again = await hold(buyer, sale_id, key=key)
    assert (again["id"], again["status"]) == (held["id"], "ordered")


async def test_who_cannot_get_any_is_refused_from_memory_until_something_changes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale_id, ann, bob = await flash_sale(shop, 2, per_user_limit=2), await shop.shopper(1), await shop.shopper(2)
    wishes: list[HoldWish] = []

    async def take(tx: WriteSession, batch: Sequence[HoldWish]) -> list[Answer]:
        wishes.extend(batch)
        return await take_holds(tx, batch)

    first, second = [
        {"key": key, **shown((await ask_for_ticket(bob, sale_id, key)).json())} for key in (uuid4(), uuid4())
    ]
    monkeypatch.setattr(hold_units, "take_holds", take)
    monkeypatch.setattr(remember_refusals, "TRUSTED_S", 3600)
    order = await flash_order(ann, sale_id, quantity=2)
    for _ in range(5):
        assert await code(bob, sale_id, **first) == (409, "trade/flash-sold-out")
    assert len(wishes) == 2, "the transaction that sold the last, and the one that saw it"
    await ann.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await hold(bob, sale_id, quantity=2, **first)
    for _ in range(5):
        assert await code(bob, sale_id, **second) == (409, "trade/flash-limit")
    assert len(wishes) == 4, "and so is who has their share"
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    assert await code(bob, sale_id, **second) == (409, "trade/flash-sale-ended")
    assert len(wishes) == 5, "who comes with old terms is judged by the new ones"


async def test_a_crowd_is_refused_at_closed_doors_but_who_asks_again_is_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks who they are; and more units open the doors."""
    monkeypatch.setattr(closed, "TRUSTED_S", 3600)
    monkeypatch.setattr(closed, "REST_S", 0)
    sale_id, ann, bob, key = await flash_sale(shop, 1, for_s=600), await shop.shopper(1), await shop.shopper(2), uuid4()
    holds, tickets = (f"{SALES}/{sale_id}/{door}" for door in ("holds", "tickets"))
    async with served(shop.world.composition) as client:

        async def told(path: str, key: UUID | None = None) -> str:
            """What somebody hears who is nobody."""
            answer = await client.post(path, headers={"Idempotency-Key": str(key or uuid4())})
            return str(answer.json()["code"])

        await hold(ann, sale_id, key=key)
        assert (await told(holds), await told(tickets)) == (STRANGER, STRANGER)
        assert await code(bob, sale_id) == (409, "trade/flash-sold-out")
        assert (await told(holds), await told(tickets)) == ("trade/flash-sold-out", "trade/flash-sold-out")
        assert (await told(holds, key), await told(tickets, key)) == (STRANGER, STRANGER), "they are looked at"
        await shop.world.settle()
        assert await told(holds) == "trade/flash-sold-out", "an order of the hold leaves no more for others"
        more = {"sku_id": shop.sku_id, "units": 1}
        assert (await shop.merchant.post(f"{CONSOLE}/{sale_id}/allotments", more, key=uuid4())).status_code == 200
        assert (await told(holds), await told(tickets)) == (STRANGER, STRANGER)
        await hold(bob, sale_id)
        shop.world.clock.advance(timedelta(seconds=600))
        assert await code(await shop.shopper(3), sale_id) == (409, "trade/flash-sale-ended")
        assert (await told(holds), await told(tickets)) == ("trade/flash-sale-ended", "trade/flash-sale-ended")
        assert await told(holds, key) == STRANGER


async def test_who_holds_something_gets_a_ticket_when_nothing_is_left(shop: Shop) -> None:
    """Who lost the answer begins with it again, and is to hear what they hold."""
    sale_id, ann, bob, key = await flash_sale(shop, 1, for_s=600), await shop.shopper(1), await shop.shopper(2), uuid4()
    held = await hold(ann, sale_id, key=key)
    for over in (False, True):
        if over:
            shop.world.clock.advance(timedelta(seconds=600))
        asked = await ask_for_ticket(ann, sale_id, key)
        assert (asked.status_code, asked.json()["wait_s"], asked.json()["bits"]) == (201, 0, 0)
        again = await try_hold(ann, sale_id, key=key, **shown(asked.json()))
        assert (again.status_code, again.json()["id"]) == (201, held["id"])
        for who, other in ((ann, uuid4()), (bob, key)):
            refused = await ask_for_ticket(who, sale_id, other)
            assert refused.json()["code"] == ("trade/flash-sale-ended" if over else "trade/flash-sold-out")


async def test_a_refusal_from_memory_keeps_no_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """One problem is raised for many, and each raising would lengthen its traceback by what called it."""
    monkeypatch.setattr(remember_refusals, "TRUSTED_S", 3600)
    kept: list[Problem] = []
    remember = Refusals.remember

    def remembering(self: Refusals, wish: HoldWish, problem: Problem) -> None:
        kept.append(problem)
        remember(self, wish, problem)

    monkeypatch.setattr(Refusals, "remember", remembering)
    sale_id, ann = await flash_sale(shop, 5), await shop.shopper(1)
    await hold(ann, sale_id)
    lengths = []
    for _ in range(5):
        assert await code(ann, sale_id) == (409, "trade/flash-limit")
        lengths.append(len(traceback.extract_tb(kept[0].__traceback__)))
    assert len(kept) == 1
    assert lengths[1:] == lengths[1:2] * 4


async def test_a_sale_with_very_many_holds_refuses_one_by_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_closed, "MAX_REQUESTS", 0)
    sale_id = await flash_sale(shop, 1)
    await hold(await shop.shopper(1), sale_id)
    assert await code(await shop.shopper(2), sale_id) == (409, "trade/flash-sold-out")
    assert (await shop.world.client.post(f"{SALES}/{sale_id}/holds", json={})).status_code == 401


async def test_holds_are_shown_to_their_owner_alone(shop: Shop) -> None:
    sale_id, ann, bob = await flash_sale(shop), await shop.shopper(1), await shop.shopper(2)
    held = await hold(ann, sale_id)
    for path in (f"{SALES}/holds/{held['id']}", f"{SALES}/holds/{uuid4()}"):
        answer = await bob.person.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "trade/hold-not-found")
    assert (await see_hold(ann, held["id"]))["id"] == held["id"]


async def test_who_waits_is_answered_when_the_order_is_there(shop: Shop) -> None:
    sale_id, ann = await flash_sale(shop), await shop.shopper(1)
    held = await hold(ann, sale_id)
    assert (await ann.person.get(f"{SALES}/holds/{held['id']}", wait=0)).json()["status"] == "held"
    waiting = asyncio.create_task(ann.person.get(f"{SALES}/holds/{held['id']}", wait=30))
    while not shop.world.composition.live._listeners:
        await asyncio.sleep(0)
    await shop.world.settle()
    answer = (await waiting).json()
    assert (answer["status"], answer["order_id"] is not None) == ("ordered", True)


async def test_what_the_rules_of_orders_refuse_is_told_and_offered_on(shop: Shop) -> None:
    sale_id, ann = await flash_sale(shop, 2), await shop.shopper(1)
    held = await hold(ann, sale_id, address_id=str(uuid4()))
    await shop.world.settle()
    seen = await see_hold(ann, held["id"])
    assert (seen["status"], seen["order_id"], seen["problem"]["code"]) == ("refused", None, "trade/address-not-found")
    assert await units(shop, sale_id) == (2, 0, 0, 2)
    for _ in range(MAX_UNPAID_ORDERS):
        await ann.order("solo")
    held = await hold(ann, sale_id)
    await shop.world.settle()
    problem = (await see_hold(ann, held["id"]))["problem"]
    assert (problem["code"], problem["limit"]) == ("trade/too-many-unpaid-orders", MAX_UNPAID_ORDERS)
    assert await units(shop, sale_id) == (2, 0, 0, 2)


async def test_what_is_refused_after_the_end_is_free_again(shop: Shop) -> None:
    await shop.set_stock(5)
    sale_id, ann, bob = await flash_sale(shop, 3, for_s=600), await shop.shopper(1), await shop.shopper(2)
    await hold(ann, sale_id, address_id=str(uuid4()))
    stands = await hold(bob, sale_id)
    assert (await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")).json()["held"] == 2
    await shop.world.settle()
    assert await units(shop, sale_id) == (1, 0, 1, 0)
    assert (await shop.stock())["available"] == 4
    assert (await see_hold(bob, stands["id"]))["status"] == "ordered"


async def test_a_limit_counts_what_is_held_and_what_is_ordered_and_comes_back(shop: Shop) -> None:
    sale_id, ann = await flash_sale(shop, 9, per_user_limit=3), await shop.shopper(1)
    order = await flash_order(ann, sale_id, quantity=2)
    await hold(ann, sale_id)
    refused = (await try_hold(ann, sale_id)).json()
    assert (refused["code"], refused["limit"], refused["had"]) == ("trade/flash-limit", 3, 3)
    await ann.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    await shop.world.settle()
    assert await units(shop, sale_id) == (9, 0, 1, 8)
    await hold(ann, sale_id, quantity=2)


async def test_a_limit_is_one_for_both_accounts_of_a_person(shop: Shop) -> None:
    sale_id, two = await flash_sale(shop, 9, per_user_limit=2), await two_accounts(shop)
    await hold(two.browser, sale_id)
    mini_program = two.mini_program
    held = await hold(mini_program, sale_id)
    person = await two.unite()
    refused = (await try_hold(person, sale_id)).json()
    assert (refused["code"], refused["had"]) == ("trade/flash-limit", 2)
    await shop.world.settle()
    assert (await see_hold(person, held["id"]))["status"] == "ordered", "also what the other account held"


async def test_two_people_may_buy_from_one_device(shop: Shop) -> None:
    sale_id, device = await flash_sale(shop, 9, per_user_limit=2), uuid4()
    ann, bob, eve = [await shop.shopper(number) for number in (1, 2, 3)]
    for buyer in (ann, bob, ann):
        await hold(buyer, sale_id, device=device)
    refused = (await try_hold(eve, sale_id, device=device)).json()
    assert (refused["code"], refused["limit"]) == ("trade/flash-device-limit", 2)
    await hold(eve, sale_id)


async def test_what_has_left_the_shelf_is_not_taken_and_what_is_held_stands(shop: Shop) -> None:
    sale_id, ann, bob = await flash_sale(shop, 5), await shop.shopper(1), await shop.shopper(2)
    held = await hold(ann, sale_id)
    gone = await shop.merchant.post(f"/api/v1/catalog/console/products/{shop.product_id}/unpublish")
    assert gone.status_code == 200, gone.text
    await shop.world.settle()
    assert (await see_hold(ann, held["id"]))["status"] == "ordered"
    assert await code(bob, sale_id) == (404, "trade/sku-not-found")


async def test_more_is_set_aside_while_it_runs_and_sold_out_opens_again(shop: Shop) -> None:
    await shop.set_stock(5)
    sale_id, ann, bob, key = await flash_sale(shop, 1), await shop.shopper(1), await shop.shopper(2), uuid4()
    await hold(ann, sale_id)
    assert await code(bob, sale_id) == (409, "trade/flash-sold-out")
    more = {"sku_id": shop.sku_id, "units": 2}
    for _ in range(2):
        answer = await shop.merchant.post(f"{CONSOLE}/{sale_id}/allotments", more, key=key)
        assert (answer.status_code, answer.json()["allotted"], answer.json()["free"]) == (200, 3, 2)
    assert (await public_sale(shop, sale_id))["free"] == 2
    assert (await shop.stock())["available"] == 2
    await hold(bob, sale_id)
    path = f"{CONSOLE}/{sale_id}/allotments"
    assert (await shop.merchant.post(path, more | {"units": 1}, key=key)).json()["code"] == "trade/idempotency-conflict"
    too_many = (await shop.merchant.post(path, more | {"units": 3})).json()
    assert (too_many["code"], too_many["available"]) == ("trade/allotment-too-large", 2)
    assert (await shop.merchant.post(path, {"sku_id": str(uuid4()), "units": 1})).status_code == 404
    await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    assert (await shop.merchant.post(path, more)).json()["code"] == "trade/flash-sale-ended"


@pytest.mark.feature("F22")
async def test_who_stops_a_sale_is_told_before_what_stands(shop: Shop) -> None:
    await shop.set_stock(10)
    sale_id = await flash_sale(shop, 6)
    ann, bob, eve = [await shop.shopper(number) for number in (1, 2, 3)]
    unpaid, paid = await flash_order(ann, sale_id), await flash_order(bob, sale_id)
    await bob.pay(paid["id"])
    await hold(eve, sale_id)
    before = await own_sale(shop, sale_id)
    assert before["figures"] | {"free": before["free"]} == {
        "people_holding": 1,
        "unpaid_orders": 1,
        "paid_orders": 1,
        "units_paid": 1,
        "revenue_fen": paid["payable_fen"],
        "free": 3,
    }
    for _ in range(2):
        stopped = (await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")).json()
        assert (stopped["status"], stopped["stop_reason"], stopped["free"]) == ("stopped", "merchant", 0)
    assert (await shop.stock())["available"] == 7
    assert (await public_sale(shop, sale_id))["state"] == "stopped"
    await ann.pay(unpaid["id"])
    assert (await ann.see(unpaid["id"]))["status"] == "to_ship"
    assert await units(shop, sale_id) == (3, 0, 3, 0)
