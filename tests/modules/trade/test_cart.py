"""A cart: what is put into it, what two tabs and lost answers make of it, and how it becomes an order (X12)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from chengtuan.modules.trade.admission.rules import decide
from chengtuan.modules.trade.cart import rows
from chengtuan.modules.trade.cart.rules import LineState, state_of
from chengtuan.modules.trade.cart.usecases import change_cart
from chengtuan.modules.trade.limits import MAX_CART_LINES
from tests.concurrency.stage import another_product
from tests.modules.trade.test_leaving_the_shelf import remove, withdraw
from tests.modules.trade.test_order_lines import open_second_shop
from tests.support.guards import after_waiting
from tests.support.shop import Buyer, Shop
from tests.support.stock import rows as rows_of
from tests.support.world import World

pytestmark = pytest.mark.feature("X12")
CART = "/api/v1/trade/cart"


async def add(buyer: Buyer, sku_id: str, quantity: Any = 1, *, key: UUID | None = None) -> httpx.Response:
    return await buyer.person.post(f"{CART}/lines", {"sku_id": sku_id, "quantity": quantity}, key=key)


async def put(buyer: Buyer, line: dict[str, Any], quantity: Any, **changes: Any) -> httpx.Response:
    body = {"quantity": quantity, "version": line["version"]} | changes
    return await buyer.person.put(f"{CART}/lines/{line['sku_id']}", body)


async def drop(buyer: Buyer, *sku_ids: str) -> httpx.Response:
    person = buyer.person
    headers = {"Authorization": f"Bearer {person.token}"}
    return await person.client.delete(f"{CART}/lines", params={"sku_id": list(sku_ids)}, headers=headers)


def lines_in(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [line for shop in answer.json()["shops"] for line in shop["lines"]]


async def cart(buyer: Buyer) -> list[dict[str, Any]]:
    return lines_in(await buyer.person.get(CART))


async def units(buyer: Buyer) -> dict[str, int]:
    return {line["sku_id"]: line["quantity"] for line in await cart(buyer)}


async def buy(buyer: Buyer, wanted: dict[str, int], *, key: UUID | None = None, **changes: Any) -> httpx.Response:
    lines = [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in wanted.items()]
    body = {"mode": "solo", "lines": lines, "address_id": buyer.address_id, "from_cart": True} | changes
    return await buyer.person.post("/api/v1/trade/orders", body, key=key)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_a_cart_is_told_by_merchant_with_prices_and_stock(shop: Shop, world: World) -> None:
    other, elsewhere, buyer = await another_product(shop), await open_second_shop(world), await shop.shopper(1)
    assert (await buyer.person.get(CART)).json()["shops"] == []
    for sku_id in (shop.sku_id, elsewhere.sku_id, other):
        lines_in(await add(buyer, sku_id, 2))
    body = (await buyer.person.get(CART)).json()
    assert [(each["merchant_id"], len(each["lines"])) for each in body["shops"]] == [
        (str(shop.merchant_id), 2),
        (str(elsewhere.merchant_id), 1),
    ]
    assert (body["lines"], body["most_lines"]) == (3, MAX_CART_LINES)
    assert (await buyer.person.get(f"{CART}/count")).json() == {"lines": 3}
    line = body["shops"][0]["lines"][1]
    assert (line["sku_id"], line["unit_price_fen"], line["added_price_fen"], line["available"], line["state"]) == (
        shop.sku_id,
        10000,
        10000,
        100,
        "ready",
    )
    assert await cart(await shop.shopper(2)) == [], "a cart is somebody's own"
    assert [each["sku_id"] for each in lines_in(await drop(buyer, other, elsewhere.sku_id))] == [shop.sku_id]
    assert len(lines_in(await drop(buyer, other))) == 1, "what is not there is no mistake"


@pytest.mark.parametrize(
    ("published", "active", "available", "weighed", "state"),
    [
        (True, True, 2, True, LineState.READY),
        (True, True, 1, True, LineState.FEW),
        (True, True, 0, True, LineState.SOLD_OUT),
        (True, True, 0, False, LineState.SOLD_OUT),
        (True, True, 2, False, LineState.UNWEIGHED),
        (True, True, 1, False, LineState.UNWEIGHED),
        (True, False, 2, False, LineState.GONE),
        (False, True, 2, False, LineState.OFF_SHELF),
        (False, False, 0, True, LineState.OFF_SHELF),
    ],
)
def test_a_line_says_why_it_cannot_be_bought(
    published: bool, active: bool, available: int, weighed: bool, state: LineState
) -> None:
    found = state_of(published=published, active=active, available=available, weighed=weighed, quantity=2)
    assert found is state


@pytest.mark.parametrize(("leave", "state"), [(withdraw, "off_shelf"), (remove, "gone")])
async def test_what_left_the_shelf_stays_in_the_cart_and_takes_no_more(shop: Shop, leave: Any, state: str) -> None:
    buyer = await shop.shopper(1)
    [line] = lines_in(await add(buyer, shop.sku_id, 2))
    await leave(shop)
    [line] = await cart(buyer)
    assert (line["state"], line["quantity"]) == (state, 2)
    for refused in (await add(buyer, shop.sku_id), await put(buyer, line, 3), await buy(buyer, {shop.sku_id: 2})):
        assert said(refused) == (404, "trade/sku-not-found")
    assert [line["quantity"] for line in lines_in(await put(buyer, line, 1))] == [1], "fewer are always taken"


async def test_what_others_bought_meanwhile_is_told(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    lines_in(await add(buyer, shop.sku_id, 5))
    await shop.set_stock(3)
    [line] = await cart(buyer)
    assert (line["state"], line["available"], line["quantity"]) == ("few", 3, 5)
    refused = await buy(buyer, {shop.sku_id: 5})
    assert (said(refused), refused.json()["available"]) == ((409, "trade/sold-out"), 3)
    [line] = lines_in(await put(buyer, line, 4))
    assert (line["state"], line["quantity"]) == ("few", 4), "fewer are taken, also where that is not few enough"
    await shop.set_stock(0)
    assert [line["state"] for line in await cart(buyer)] == ["sold_out"]
    assert said(await add(await shop.shopper(2), shop.sku_id)) == (409, "trade/sold-out")


async def test_a_lost_answer_adds_once_and_two_tabs_add_twice(shop: Shop) -> None:
    buyer, key = await shop.shopper(1), uuid4()
    await asyncio.gather(*(add(buyer, shop.sku_id, 2, key=key) for _ in range(4)))
    assert await units(buyer) == {shop.sku_id: 2}
    await asyncio.gather(*(add(buyer, shop.sku_id) for _ in range(4)))
    assert await units(buyer) == {shop.sku_id: 6}
    assert said(await add(buyer, shop.sku_id, 3, key=key)) == (409, "trade/idempotency-conflict")
    await drop(buyer, shop.sku_id)
    assert lines_in(await add(buyer, shop.sku_id, 2, key=key)) == [], "a late repetition brings nothing back"
    lines_in(await add(await shop.shopper(2), shop.sku_id, 2, key=key))


async def test_a_quantity_replaces_the_one_that_was_seen(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    [seen] = lines_in(await add(buyer, shop.sku_id))
    [changed] = lines_in(await put(buyer, seen, 3))
    assert changed["version"] > seen["version"]
    assert lines_in(await put(buyer, seen, 3)) == [changed], "the answer was lost: it is so already"
    refused = await put(buyer, seen, 2)
    assert (said(refused), refused.json()["quantity"], refused.json()["version"]) == (
        (409, "trade/cart-line-changed"),
        3,
        changed["version"],
    )
    await drop(buyer, shop.sku_id)
    assert said(await put(buyer, changed, 4)) == (404, "trade/cart-line-not-found")
    await add(buyer, shop.sku_id, 2)
    assert said(await put(buyer, changed, 4)) == (409, "trade/cart-line-changed"), (
        "it is another line than the one seen"
    )


async def test_a_quantity_is_of_one_line(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    [line] = lines_in(await add(buyer, shop.sku_id, 2))
    await add(buyer, other, 4)
    lines_in(await put(buyer, line, 3))
    assert await units(buyer) == {shop.sku_id: 3, other: 4}
    lines_in(await add(buyer, shop.sku_id))
    assert await units(buyer) == {shop.sku_id: 4, other: 4}


async def test_what_was_asked_for_is_remembered_for_a_day(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    for _ in range(3):
        shop.world.clock.advance(timedelta(hours=12, seconds=1))
        lines_in(await add(buyer, shop.sku_id))
    assert len(rows_of(shop, "select from trade.cart_request")) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda buyer, line: add(buyer, line["sku_id"]),
        lambda buyer, line: put(buyer, line, 1),
        lambda buyer, line: drop(buyer, line["sku_id"]),
    ],
    ids=["add", "put", "drop"],
)
async def test_whoever_changes_a_cart_waits_for_its_person(shop: Shop, database_url: str, change: Any) -> None:
    """An order of theirs may be on its way, and takes from the same lines."""
    buyer = await shop.shopper(1)
    [line] = lines_in(await add(buyer, shop.sku_id, 2))
    lock = "select pg_advisory_xact_lock(hashtextextended('trade.buyer:' || %s, 0))"
    lines_in(await after_waiting(database_url, lock, buyer.person.id, asked=change(buyer, line)))


async def test_bad_wishes_are_named_and_change_nothing(shop: Shop) -> None:
    buyer, other = await shop.shopper(1), await another_product(shop)
    [line] = lines_in(await add(buyer, shop.sku_id, 2))
    before = await cart(buyer)
    for quantity in (0, -1, 1000, 10**9, -(10**18)):
        assert said(await add(buyer, other, quantity)) == (422, "trade/bad-quantity")
        assert said(await put(buyer, line, quantity)) == (422, "trade/bad-quantity")
    not_whole: list[Any] = [1.5, "1", True, None, [], "٣"]
    for odd in not_whole:
        assert said(await add(buyer, other, odd)) == (422, "platform/invalid-request")
        assert said(await put(buyer, line, odd)) == (422, "platform/invalid-request")
        assert said(await put(buyer, line, 1, version=odd)) == (422, "platform/invalid-request")
    assert said(await add(buyer, str(uuid4()))) == (404, "trade/sku-not-found")
    assert said(await add(buyer, shop.product_id)) == (404, "trade/sku-not-found")
    assert said(await add(buyer, shop.sku_id, 99)) == (409, "trade/sold-out"), "with those that are in it already"
    assert said(await put(buyer, line, 101)) == (409, "trade/sold-out")
    assert said(await put(await shop.shopper(2), line, 3)) == (404, "trade/cart-line-not-found")
    assert said(await drop(buyer)) == (422, "platform/invalid-request")
    assert await cart(buyer) == before


async def test_a_cart_has_a_hundred_lines(shop: Shop) -> None:
    buyer, other = await shop.shopper(1), await another_product(shop)
    fill(shop, buyer, MAX_CART_LINES - 1)
    lines_in(await add(buyer, other))
    assert said(await add(buyer, shop.sku_id)) == (409, "trade/cart-full")
    lines_in(await add(buyer, other, 2))


async def test_control_the_slots_refuse_a_line_too_many(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = await shop.shopper(1)
    fill(shop, buyer, MAX_CART_LINES)
    monkeypatch.setattr(change_cart, "MAX_CART_LINES", MAX_CART_LINES + 1)
    assert said(await add(buyer, shop.sku_id)) == (500, "platform/unknown")
    assert len(await cart(buyer)) == MAX_CART_LINES


def fill(shop: Shop, buyer: Buyer, lines: int) -> None:
    """With variants of the shop's product that nobody sells."""
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        connection.execute(
            "with made as (insert into trade.listing_sku select gen_random_uuid(), product_id, name, solo_price_fen,"
            " position, false from trade.listing_sku, generate_series(1, %s) where sku_id = %s returning sku_id)"
            " insert into trade.cart_line (user_id, sku_id, slot, quantity, unit_fen, added_at)"
            " select %s, sku_id, row_number() over (), 1, 1, now() from made",
            (lines, shop.sku_id, buyer.person.id),
        )


async def test_an_order_takes_what_it_buys_out_of_the_cart_once(shop: Shop) -> None:
    other, buyer, key = await another_product(shop), await shop.shopper(1), uuid4()
    await add(buyer, shop.sku_id, 3)
    await add(buyer, other, 2)
    wanted = {shop.sku_id: 2, other: 2}
    answers = await asyncio.gather(*(buy(buyer, wanted, key=key) for _ in range(3)))
    answers.append(await buy(buyer, wanted, key=key))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await units(buyer) == {shop.sku_id: 1}
    cancelled = await buyer.person.post(f"/api/v1/trade/orders/{answers[0].json()['id']}/cancel")
    assert cancelled.status_code == 200
    assert await units(buyer) == {shop.sku_id: 1}, "what was given up is not wanted again by itself"


async def test_buying_past_the_cart_leaves_it_alone(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    await add(buyer, shop.sku_id, 3)
    await buyer.order("solo")
    assert await units(buyer) == {shop.sku_id: 3}
    campaign = await shop.campaign([2], [7000])
    refused = await buyer.try_order("open", campaign_id=campaign["id"], from_cart=True)
    assert said(refused) == (422, "platform/invalid-request")


async def test_two_tabs_buy_the_cart_once(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    await add(buyer, shop.sku_id, 2)
    answers = await asyncio.gather(*(buy(buyer, {shop.sku_id: 2}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"trade/not-in-cart"}
    assert await units(buyer) == {}
    assert len((await buyer.person.get("/api/v1/trade/orders")).json()["items"]) == 1


async def test_control_without_the_rule_two_tabs_buy_it_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "RULES", [rule for rule in decide.RULES if rule is not decide.still_in_the_cart])
    buyer = await shop.shopper(1)
    await add(buyer, shop.sku_id, 2)
    answers = [await buy(buyer, {shop.sku_id: 2}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    await add(buyer, shop.sku_id, 1)
    assert (await buy(buyer, {shop.sku_id: 2})).status_code == 500, "behind the rule no line goes below nothing"
    assert await units(buyer) == {shop.sku_id: 1}


async def test_control_without_the_lock_tabs_lose_units(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: object) -> None: ...

    monkeypatch.setattr(change_cart, "lock_buyer", nobody)
    looked, find_held = asyncio.Barrier(2), rows.find_held

    async def both_look_first(*asked: Any) -> rows.Held | None:
        held = await find_held(*asked)
        await looked.wait()
        return held

    buyer = await shop.shopper(1)
    lines_in(await add(buyer, shop.sku_id))
    monkeypatch.setattr(rows, "find_held", both_look_first)
    await asyncio.gather(*(add(buyer, shop.sku_id) for _ in range(2)))
    assert await units(buyer) == {shop.sku_id: 2}, "one of three is lost"


async def test_a_price_that_changed_is_told(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    [line] = lines_in(await add(buyer, shop.sku_id))
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        connection.execute("update trade.listing_sku set solo_price_fen = 12000")
    [line] = lines_in(await put(buyer, line, 2))
    assert (line["unit_price_fen"], line["added_price_fen"]) == (12000, 10000)
    [line] = lines_in(await add(buyer, shop.sku_id))
    assert (line["unit_price_fen"], line["added_price_fen"]) == (12000, 12000), "they saw it on the product's page"
