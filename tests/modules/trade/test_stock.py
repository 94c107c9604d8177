"""Stock: movements add up whatever happens meanwhile, counts say what they expect, and both leave a trace."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from chengtuan.modules.trade.stock.rules import Stock, units_counted
from chengtuan.modules.trade.stock.usecases import change_stock
from tests.modules.trade.variants import document, edit, variants
from tests.support.invariants import violations
from tests.support.shop import Shop, open_shop
from tests.support.stock import rows, step, trace
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def ship(shop: Shop, quantity: int) -> None:
    """An order of so many units leaves the house."""
    buyer = await shop.shopper(1)
    order = await buyer.order("solo", quantity=quantity)
    await buyer.pay(order["id"])
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}
    sent = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", parcel)
    assert sent.status_code == 201, sent.text


async def test_goods_received_are_added_to_what_is_left(world: World) -> None:
    """A form opened at 383, ten units shipped meanwhile, twenty received: 393, not 403."""
    shop = await open_shop(world, stock=383)
    await ship(shop, 10)
    moved = await shop.move(20)
    assert (moved.status_code, moved.json()["on_hand"]) == (200, 393)
    await world.settle()
    assert violations(world.environ["CHENGTUAN_DATABASE_URL"]) == []


async def test_a_variant_that_is_no_longer_made_is_listed_nowhere(shop: Shop) -> None:
    kept, gone = await variants(shop, 10000, 9000)
    console, product = "/api/v1/trade/console", shop.product_id

    async def listed() -> list[list[str]]:
        stock = await shop.merchant.get(f"{console}/stock", product_id=product)
        freight = await shop.merchant.get(f"{console}/freight/products/{product}")
        offer = await shop.world.client.get(f"/api/v1/trade/products/{product}/offer")
        found = (stock.json()["items"], freight.json()["weights"], offer.json()["skus"])
        return [[row["sku_id"] for row in rows] for rows in found]

    assert await listed() == [[kept, gone]] * 3
    body = await document(shop)
    await edit(shop, body | {"skus": body["skus"][:1]})
    assert await listed() == [[kept]] * 3


async def test_a_count_of_what_is_no_longer_so_is_refused(world: World) -> None:
    shop = await open_shop(world, stock=383)
    await ship(shop, 10)
    refused = await shop.count(403, expected=383)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "trade/stock-moved")
    assert (problem["expected"], problem["on_hand"], problem["reserved"]) == (383, 373, 0)
    assert (await shop.stock())["on_hand"] == 373
    assert (await shop.count(370, expected=373)).json()["on_hand"] == 370


async def test_without_the_condition_a_count_would_undo_a_shipment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: it is the expectation that refuses it."""
    shop = await open_shop(world, stock=383)
    await ship(shop, 10)

    def whatever(stock: Stock, on_hand: int, *, expected: int) -> int:
        return units_counted(stock, on_hand, expected=stock.on_hand)

    monkeypatch.setattr(change_stock, "units_counted", whatever)
    assert (await shop.count(403, expected=383)).json()["on_hand"] == 403


async def test_movements_at_once_all_count(world: World) -> None:
    shop = await open_shop(world, stock=100)
    answers = await asyncio.gather(*(shop.move(n) for n in range(1, 9)), *(shop.move(-n, "lost") for n in range(1, 5)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await shop.stock())["on_hand"] == 100 + 36 - 10
    lines = await trace(shop)
    assert lines[0]["on_hand"]["after"] == 126
    assert [line["on_hand"]["before"] for line in lines] == [line["on_hand"]["after"] for line in lines[1:]] + [0]
    assert violations(world.environ["CHENGTUAN_DATABASE_URL"]) == []


async def test_of_two_people_who_count_at_once_one_is_told(world: World) -> None:
    shop = await open_shop(world, stock=100)
    answers = await asyncio.gather(shop.count(90, expected=100), shop.count(110, expected=100))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.feature("X6")
async def test_a_movement_sent_again_counts_once(world: World) -> None:
    shop = await open_shop(world, stock=100)
    key = uuid4()
    answers = [await shop.move(20, key=key) for _ in range(3)]
    assert [answer.json()["on_hand"] for answer in answers] == [120] * 3
    other = await shop.move(30, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "trade/idempotency-conflict")
    answers = [await shop.count(115, expected=120, key=(counted := uuid4())), await shop.count(115, expected=120)]
    assert [answer.status_code for answer in answers] == [200, 200], "it is so already"
    assert (await shop.count(90, expected=115, key=counted)).json()["code"] == "trade/idempotency-conflict"
    assert len(await trace(shop)) == 3


async def test_what_orders_hold_cannot_go_out(world: World) -> None:
    shop = await open_shop(world, stock=5)
    await (await shop.shopper(1)).order("solo", quantity=3)
    refused = await shop.move(-3, "damaged")
    assert (refused.status_code, refused.json()["code"], refused.json()["reserved"]) == (409, "trade/stock-too-low", 3)
    refused = await shop.count(2, expected=5)
    assert (refused.status_code, refused.json()["code"], refused.json()["reserved"]) == (409, "trade/stock-too-low", 3)
    assert (await shop.move(-2, "damaged")).json() == {
        "sku_id": shop.sku_id,
        "on_hand": 3,
        "available": 0,
        "reserved": 3,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"delta": 0, "reason": "received"},
        {"delta": 1.5, "reason": "received"},
        {"delta": "20", "reason": "received"},
        {"delta": 10**9, "reason": "received"},
        {"delta": 9_999_999, "reason": "received"},
        {"delta": 1},
        {"delta": 1, "reason": "counted"},
        {"delta": 1, "reason": "received", "note": "x" * 201},
    ],
)
async def test_bad_movements_change_nothing(world: World, body: dict[str, Any]) -> None:
    shop = await open_shop(world, stock=100)
    answer = await shop.merchant.post(f"/api/v1/trade/console/stock/{shop.sku_id}/movements", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request")
    assert (await shop.stock())["on_hand"] == 100


async def test_movements_say_who_why_and_when(world: World) -> None:
    shop = await open_shop(world, stock=100)
    path = f"/api/v1/trade/console/stock/{shop.sku_id}/movements"
    await shop.merchant.post(path, {"delta": -2, "reason": "damaged", "note": "  crushed in the lift  "})
    newest, first = await trace(shop)
    assert newest == {
        "seq": newest["seq"],
        "reason": "damaged",
        "note": "crushed in the lift",
        "on_hand": {"before": 100, "after": 98},
        "available": {"before": 100, "after": 98},
        "order_id": None,
        "order_number": None,
        "flash_sale_id": None,
        "by": "Owner",
        "at": newest["at"],
    }
    assert (first["reason"], first["on_hand"]) == ("counted", {"before": 0, "after": 100})
    rival = await open_shop(world)
    assert (await rival.merchant.get(path)).json()["code"] == "trade/sku-not-found"


@pytest.mark.feature("X11")
async def test_the_history_tells_everything_that_happened(world: World) -> None:
    shop = await open_shop(world, stock=10)
    await ship(shop, 3)
    buyer = await shop.shopper(2)
    given_up = await buyer.order("solo", quantity=2)
    await buyer.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")
    await shop.move(5)
    [(shipped,)] = rows(shop, "select number from trade.shop_order where status = 'shipped'")
    cancelled = given_up["number"]
    story: list[tuple[str, int, int, str | None]] = [
        ("received", 12, 12, None),
        ("released", 7, 7, cancelled),
        ("reserved", 7, 5, cancelled),
        ("shipped", 7, 7, shipped),
        ("reserved", 10, 7, shipped),
        ("counted", 10, 10, None),
    ]
    assert [step(line) for line in await trace(shop)] == story
    assert [step(line) for line in await trace(shop, by="people")] == [story[0], story[-1]]
    assert [step(line) for line in await trace(shop, by="orders")] == story[1:-1]
    assert violations(world.environ["CHENGTUAN_DATABASE_URL"], settled=False) == []


async def test_the_history_pages_without_a_gap_while_it_grows(world: World) -> None:
    shop = await open_shop(world, stock=1)
    for _ in range(4):
        await shop.move(1)
    path = f"/api/v1/trade/console/stock/{shop.sku_id}/movements"
    page = (await shop.merchant.get(path, limit=2)).json()
    await shop.move(1)
    seen = page["items"]
    while page["next_cursor"]:
        page = (await shop.merchant.get(path, limit=2, cursor=page["next_cursor"])).json()
        seen += page["items"]
    assert [line["on_hand"]["after"] for line in seen] == [5, 4, 3, 2, 1]
    refused = await shop.merchant.get(path, cursor="!")
    assert (refused.status_code, refused.json()["code"]) == (422, "platform/bad-cursor")


async def test_a_key_is_its_senders_own(world: World) -> None:
    """Another shop, and a colleague, may have sent the same key."""
    shop, rival, key = await open_shop(world, stock=1), await open_shop(world, stock=1), uuid4()
    first, second = await shop.move(2, key=key), await rival.move(2, key=key)
    assert [answer.json()["on_hand"] for answer in (first, second)] == [3, 3]
    assert [(await each.move(2, key=key)).json()["on_hand"] for each in (shop, rival)] == [3, 3]
    assert (await shop.move(2, "returned", key=key)).json()["code"] == "trade/idempotency-conflict"


async def test_a_key_sent_twice_at_once_counts_once(world: World) -> None:
    shop, key = await open_shop(world, stock=1), uuid4()
    answers = await asyncio.gather(*(shop.move(2, key=key) for _ in range(5)))
    assert {(answer.status_code, answer.json()["on_hand"]) for answer in answers} == {(200, 3)}


async def test_a_variant_that_is_no_longer_sold_still_lies_in_the_house(world: World) -> None:
    """Its goods are written off, sent back or counted as others are."""
    shop = await open_shop(world, stock=4)
    rows(shop, "update trade.listing_sku set active = false returning 1")
    assert (await shop.move(-1, "damaged")).json()["on_hand"] == 3
    assert (await shop.count(1, expected=3)).json()["on_hand"] == 1
    assert len(await trace(shop)) == 3


async def test_nobody_moves_what_is_another_shops_or_nobodys(world: World) -> None:
    shop, rival = await open_shop(world, stock=4), await open_shop(world, stock=4)
    for sku in (shop.sku_id, str(uuid4())):
        path = f"/api/v1/trade/console/stock/{sku}"
        for answer in (
            await rival.merchant.post(f"{path}/movements", {"delta": -1, "reason": "lost"}),
            await rival.merchant.put(path, {"on_hand": 0, "expected": 4}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "trade/sku-not-found")
    assert (await shop.stock())["on_hand"] == 4
