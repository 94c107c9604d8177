"""From a paid order to a parcel that its buyer can follow."""

import asyncio
from datetime import timedelta

import pytest

from chengtuan.modules.fulfilment.rows import parcels as parcel_rows
from tests.modules.fulfilment.support import FULFILMENT, NUMBER, only_parcel, paid_order, rows, ship, try_ship
from tests.support.shop import Shop, open_shop

pytestmark = pytest.mark.postgres


async def test_carriers_are_listed_for_everybody(shop: Shop) -> None:
    items = (await shop.world.client.get(f"{FULFILMENT}/carriers")).json()["items"]
    assert items[0] == {
        "code": "SF",
        "name": {"zh-Hant": "順豐速運", "zh-Hans": "顺丰速运", "en": "SF Express"},
    }
    assert items[-1]["code"] == "OTHER"


async def test_a_paid_order_waits_for_its_merchant_and_then_leaves(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)
    (task,) = rows(shop, "select * from fulfilment.parcel_task")
    assert (str(task["order_id"]), task["merchant_id"], task["shipped_at"]) == (order_id, shop.merchant_id, None)

    shipment = await ship(shop, order_id, " sf 1234567890123")

    assert (shipment["carrier_code"], shipment["tracking_no"]) == ("SF", NUMBER)
    assert [event["code"] for event in shipment["events"]] == ["picked_up"]
    order = await buyer.see(order_id)
    assert order["status"] == "shipped"
    assert order["shipped_at"] == shipment["sent_at"]
    assert (shipment["nth"], shipment["lines"]) == (1, [{"line": 1, "quantity": 1}])
    assert (await shop.stock())["on_hand"] == 99
    (task,) = rows(shop, "select shipped_at from fulfilment.parcel_task")
    assert task["shipped_at"] is not None
    (seen,) = (await buyer.person.get(f"{FULFILMENT}/orders/{order_id}/parcels")).json()["items"]
    assert seen | {"correction": "free", "refused": None} == shipment


async def test_shipping_again_with_the_same_number_is_the_same_shipment(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    first = await ship(shop, order_id)
    shop.world.clock.advance(timedelta(minutes=5))
    assert await ship(shop, order_id) == first
    other = await try_ship(shop, order_id, "SF9999999999999")
    assert (other.status_code, other.json()["code"]) == (409, "fulfilment/not-shippable")
    elsewhere = await try_ship(shop, order_id, carrier="OTHER")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "fulfilment/number-sent")
    assert len(rows(shop, "select 1 from fulfilment.parcel_event")) == 1


async def test_ten_clicks_at_once_ship_once(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    numbers = [NUMBER if n % 2 else "SF9999999999999" for n in range(10)]
    answers = await asyncio.gather(*(try_ship(shop, order_id, number) for number in numbers))
    won = {answer.json()["tracking_no"] for answer in answers if answer.status_code == 201}
    assert len(won) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"fulfilment/not-shippable"}
    assert sum(answer.status_code == 201 for answer in answers) == 5
    assert (await shop.stock())["on_hand"] == 99
    await shop.world.settle()
    assert len(rows(shop, "select 1 from fulfilment.parcel")) == 1
    assert len(rows(shop, "select 1 from fulfilment.parcel_event")) == 1


async def test_an_order_that_is_not_ready_cannot_be_shipped(shop: Shop) -> None:
    """Rule 17: group orders only after success."""
    campaign = await shop.campaign([2], [7000])
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    unpaid = await try_ship(shop, order["id"])
    assert (unpaid.status_code, unpaid.json()["order_status"]) == (409, "pending_payment")
    await buyer.pay(order["id"])
    grouping = await try_ship(shop, order["id"])
    assert (grouping.status_code, grouping.json()["order_status"]) == (409, "grouping")
    assert rows(shop, "select 1 from fulfilment.parcel") == []
    missing = await buyer.person.get(f"{FULFILMENT}/orders/{order['id']}/parcels")
    assert (missing.status_code, missing.json()["code"]) == (404, "trade/order-not-found")


@pytest.mark.parametrize(
    ("carrier", "number", "code"),
    [
        ("SF", "hello", "fulfilment/bad-tracking-no"),
        ("SF", "YT8812345678901", "fulfilment/bad-tracking-no"),
        ("SF", "1" * 33, "fulfilment/bad-tracking-no"),
        ("PIGEON", NUMBER, "fulfilment/unknown-carrier"),
        ("SF", "", "platform/invalid-request"),
    ],
)
async def test_a_wrong_number_is_refused_before_anything_happens(
    shop: Shop, carrier: str, number: str, code: str
) -> None:
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)
    answer = await try_ship(shop, order_id, number, carrier)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await buyer.see(order_id))["status"] == "to_ship"


async def test_a_parcel_is_its_buyers_and_its_merchants(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    neighbour = await open_shop(shop.world)
    stranger = await shop.shopper(2)
    theirs = await try_ship(neighbour, order_id)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "trade/order-not-found")
    await ship(shop, order_id)
    after = await try_ship(neighbour, order_id)
    assert (after.status_code, after.json()["code"]) == (404, "trade/order-not-found")
    own, listed = await only_parcel(shop, order_id), f"{FULFILMENT}/console/orders/{order_id}/parcels"
    for answer in (
        await stranger.person.get(f"{FULFILMENT}/orders/{order_id}/parcels"),
        await neighbour.merchant.get(listed),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "trade/order-not-found")
    told = await neighbour.merchant.post(f"{FULFILMENT}/console/parcels/{own['id']}/events", {"code": "delivered"})
    assert (told.status_code, told.json()["code"]) == (404, "fulfilment/parcel-not-found")
    assert (await shop.merchant.get(f"{FULFILMENT}/orders/{order_id}/parcels")).status_code == 401
    assert (await stranger.person.get(listed)).status_code == 401
    assert own["tracking_no"] == NUMBER


@pytest.mark.feature("F27")
async def test_events_are_shown_newest_first_in_the_readers_language(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)
    await ship(shop, order_id)
    path = f"{FULFILMENT}/console/parcels/{(await only_parcel(shop, order_id))['id']}/events"
    for code, text in (("in_transit", "到達深圳轉運中心"), ("out_for_delivery", ""), ("delivered", "")):
        shop.world.clock.advance(timedelta(hours=2))
        answer = await shop.merchant.post(path, {"code": code, "text": text})
        assert answer.status_code == 200, answer.text
    english = await shop.world.client.get(
        f"{FULFILMENT}/orders/{order_id}/parcels",
        headers={"Authorization": f"Bearer {buyer.person.token}", "Accept-Language": "en-GB,zh;q=0.5"},
    )
    events = english.json()["items"][0]["events"]
    assert [(event["code"], event["text"]) for event in events] == [
        ("delivered", "The parcel has been delivered"),
        ("out_for_delivery", "The courier is bringing the parcel today"),
        ("in_transit", "到達深圳轉運中心"),
        ("picked_up", "The merchant handed the parcel to SF Express"),
    ]
    assert [event["at"] for event in events] == sorted((event["at"] for event in events), reverse=True)
    unknown = await shop.merchant.post(path, {"code": "lost", "text": ""})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "platform/invalid-request")


async def test_a_process_that_ends_after_trade_agreed_loses_no_parcel(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipment is stored from trade's event; the merchant's repeated click finds it."""
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)

    async def dies(*_: object) -> bool:
        raise ConnectionError("the process ended here")

    with monkeypatch.context() as patch:
        patch.setattr(parcel_rows, "insert_parcel", dies)
        assert (await try_ship(shop, order_id)).status_code == 500
    assert (await buyer.see(order_id))["status"] == "shipped"
    assert rows(shop, "select 1 from fulfilment.parcel") == []

    await shop.world.settle()

    (seen,) = (await buyer.person.get(f"{FULFILMENT}/orders/{order_id}/parcels")).json()["items"]
    assert (seen["tracking_no"], [event["code"] for event in seen["events"]]) == (NUMBER, ["picked_up"])
    assert (await try_ship(shop, order_id)).status_code == 201
    assert len(rows(shop, "select 1 from fulfilment.parcel_event")) == 1
