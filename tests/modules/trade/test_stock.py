"""Stock: movements add up whatever happens meanwhile, counts say what they expect, and both leave a trace."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.modules.trade.stock.rows import stock as stock_rows
from chengtuan.platform.database import WriteSession
from tests.support.invariants import violations
from tests.support.shop import Shop, open_shop
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def trace(shop: Shop) -> list[dict[str, Any]]:
    answer = await shop.merchant.get(f"/api/v1/trade/console/stock/{shop.sku_id}/movements")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


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
    """Negative control: it is the expectation in the UPDATE that refuses it."""
    shop = await open_shop(world, stock=383)
    await ship(shop, 10)
    count = stock_rows.count_on_hand

    async def whatever(tx: WriteSession, sku_id: UUID, on_hand: int, *, expected: int) -> stock_rows.StockRow | None:
        return await count(tx, sku_id, on_hand, expected=373)

    monkeypatch.setattr(stock_rows, "count_on_hand", whatever)
    assert (await shop.count(403, expected=383)).json()["on_hand"] == 403


async def test_movements_at_once_all_count(world: World) -> None:
    shop = await open_shop(world, stock=100)
    answers = await asyncio.gather(*(shop.move(n) for n in range(1, 9)), *(shop.move(-n, "lost") for n in range(1, 5)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await shop.stock())["on_hand"] == 100 + 36 - 10
    lines = await trace(shop)
    assert lines[0]["after"] == 126
    assert sum(line["after"] - line["before"] for line in lines) == 126 - lines[-1]["before"]


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
        "reason": "damaged",
        "note": "crushed in the lift",
        "before": 100,
        "after": 98,
        "by": "Owner",
        "at": newest["at"],
    }
    assert (first["reason"], first["before"], first["after"]) == ("counted", 0, 100)
    rival = await open_shop(world)
    assert (await rival.merchant.get(path)).json()["code"] == "trade/sku-not-found"
