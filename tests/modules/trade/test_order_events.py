"""Everything that becomes of an order is told once, with its lines: what later modules count, reward and draw."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.payments.facade import RefundSucceeded
from chengtuan.platform.events import Envelope, encode
from tests.concurrency.stage import another_product
from tests.support.orders import order as order_in
from tests.support.shop import Buyer, Shop

TOLD = ("order_placed", "order_paid", "order_cancelled", "order_shipped", "order_completed", "order_refunded")


def told(shop: Shop, order_id: str, wanted: Sequence[str] = TOLD) -> list[tuple[str, dict[str, Any]]]:
    """The order's own events, oldest first: name and payload."""
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        rows = connection.execute(
            "select name, payload from trade.event_archive where key = %s order by seq", (order_id,)
        ).fetchall()
    named = [(str(name).split(".")[1], json.loads(payload)) for name, payload in rows]
    return [(name, payload) for name, payload in named if name in wanted]


def names(events: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name.removeprefix("order_") for name, _ in events]


async def ship(shop: Shop, order_id: str) -> None:
    answer = await shop.merchant.post(
        f"/api/v1/fulfilment/console/orders/{order_id}/ship", {"carrier_code": "SF", "tracking_no": "SF1234567890"}
    )
    assert answer.status_code in (200, 201), answer.text
    await shop.world.settle()


async def test_an_order_that_goes_well_is_told_from_its_beginning_to_its_end(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    wish = {"mode": "solo", "lines": [{"sku_id": shop.sku_id, "quantity": 2}, {"sku_id": other, "quantity": 1}]}
    order = (await buyer.person.post("/api/v1/trade/orders", wish | {"address_id": buyer.address_id})).json()
    await buyer.pay(order["id"])
    await ship(shop, order["id"])
    for _ in range(2):
        await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/confirm-receipt")
    events = told(shop, order["id"])
    assert names(events) == ["placed", "paid", "shipped", "completed"]
    for _, payload in events:
        assert payload["merchant_id"] == str(shop.merchant_id)
        assert [(line["sku_id"], line["quantity"], line["payable_fen"]) for line in payload["lines"]] == [
            (shop.sku_id, 2, 20000),
            (other, 1, 5000),
        ]
    assert (events[0][1]["payable_fen"], events[1][1]["paid_fen"]) == (25000, 25000)


async def gives_up(shop: Shop, buyer: Buyer, order: dict[str, Any]) -> None:
    for _ in range(2):
        await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")


async def lets_it_lapse(shop: Shop, buyer: Buyer, order: dict[str, Any]) -> None:
    shop.world.clock.advance(timedelta(minutes=16))
    await shop.world.settle()


@pytest.mark.parametrize(("end", "reason"), [(gives_up, "user"), (lets_it_lapse, "timeout")])
async def test_an_order_that_nobody_pays_is_cancelled_once(shop: Shop, end: Any, reason: str) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await end(shop, buyer, order)
    events = told(shop, order["id"])
    assert names(events) == ["placed", "cancelled"]
    assert (events[1][1]["was_paid"], events[1][1]["reason"]) == (False, reason)


@pytest.mark.parametrize("leaves", [True, False])
async def test_a_group_order_that_is_called_off_ends_with_its_money(shop: Shop, leaves: bool) -> None:
    campaign = await shop.campaign([3], [8000])
    buyer, friend = await shop.shopper(1), await shop.shopper(2)
    opened = await buyer.open(campaign)
    await buyer.pay(opened["id"])
    joined = await friend.join(opened["group_id"])
    await friend.pay(joined["id"])
    if leaves:
        await friend.person.post(f"/api/v1/trade/orders/{joined['id']}/cancel")
    else:
        shop.world.clock.advance(timedelta(hours=2))
    await shop.world.settle()
    events = told(shop, joined["id"])
    assert names(events) == ["placed", "paid", "cancelled", "refunded"]
    cancelled, refunded = events[2][1], events[3][1]
    assert (cancelled["was_paid"], cancelled["reason"]) == (True, "user" if leaves else None)
    assert (refunded["refunded_fen"], refunded["lines"][0]["payable_fen"]) == (8000, 8000)


async def test_a_part_that_goes_back_is_told_once_and_is_no_refunded_order(shop: Shop) -> None:
    made = await order_in(shop, "to_ship", "ladder")
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    [(_, back)] = told(shop, made.id, ["refund_completed"])
    assert (back["reason"], back["amount_fen"]) == ("ladder_difference", 1000)
    again = RefundSucceeded(
        refund_id=UUID(back["refund_id"]),
        purpose="trade.order",
        subject_id=UUID(made.id),
        amount_fen=1000,
        succeeded_at=shop.world.clock.now(),
    )
    consumer = shop.world.composition.running["trade"].consumer
    assert await consumer.deliver([Envelope(new_id(), again.wire_name, again.key, encode(again))]) == {}
    assert len(told(shop, made.id, ["refund_completed"])) == 1
    assert names(told(shop, made.id)) == ["placed", "paid"]


async def test_ten_days_after_its_parcel_left_an_order_is_complete_unasked(shop: Shop) -> None:
    made = await order_in(shop, "shipped")
    shop.world.clock.advance(timedelta(days=10) - timedelta(minutes=1))
    await shop.world.settle()
    assert (await made.buyer.see(made.id))["status"] == "shipped"
    shop.world.clock.advance(timedelta(minutes=2))
    await shop.world.settle()
    assert (await made.buyer.see(made.id))["status"] == "completed"
    assert names(told(shop, made.id)) == ["placed", "paid", "shipped", "completed"]
