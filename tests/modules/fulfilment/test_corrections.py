"""A wrong parcel number is put right, the same one is asked about, and news of a parcel never runs it back."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from chengtuan.kernel.problems import Problem
from chengtuan.modules.fulfilment.problems import EventBeforeOrder, EventInFuture
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode, checked_time, state_of
from chengtuan.modules.fulfilment.rules.uploads import UploadStatus, status_after_refusal
from tests.modules.fulfilment.support import (
    FULFILMENT,
    NUMBER,
    once_reported,
    only_parcel,
    order_paid_in_wechat,
    paid_order,
    rows,
    ship,
    try_ship,
    wechat_buyer,
)
from tests.modules.fulfilment.test_uploads import reports, upload
from tests.support.shop import Shop, open_shop
from tests.support.world import Person

RIGHT = "SF9876543210987"
THIRD = "SF1111111111111"


async def correct(staff: Person, order_id: str, number: str = RIGHT, **more: Any) -> httpx.Response:
    """The order's first parcel."""
    body = {"carrier_code": "SF", "tracking_no": number} | more
    listed = (await staff.get(f"{FULFILMENT}/console/orders/{order_id}/parcels")).json()
    parcel_id = listed["items"][0]["id"] if listed.get("items") else order_id
    return await staff.post(f"{FULFILMENT}/console/parcels/{parcel_id}/corrections", body)


async def tell(shop: Shop, order_id: str, code: str, **more: Any) -> httpx.Response:
    parcel = await only_parcel(shop, order_id)
    return await shop.merchant.post(f"{FULFILMENT}/console/parcels/{parcel['id']}/events", {"code": code} | more)


@pytest.mark.feature("F27")
async def test_a_corrected_number_is_seen_by_everybody_and_the_wrong_one_is_kept(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)
    await ship(shop, order_id)
    shop.world.clock.advance(timedelta(minutes=5))

    answer = await correct(shop.merchant, order_id, " sf 9876543210987")
    await shop.world.settle()

    assert (answer.status_code, answer.json()["tracking_no"], answer.json()["correction"]) == (200, RIGHT, "free")
    (seen,) = (await buyer.person.get(f"{FULFILMENT}/orders/{order_id}/parcels")).json()["items"]
    assert seen["tracking_no"] == RIGHT
    assert [event["code"] for event in seen["events"]] == ["number_corrected", "picked_up"]
    assert NUMBER in seen["events"][0]["text"]
    (notice, *_) = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert (notice["template"], notice["params"]["tracking_no"]) == ("number_corrected", RIGHT)
    orders = "/api/v1/trade/console/orders"
    for number in (RIGHT, NUMBER):  # somebody may still ask with the old one
        assert [item["id"] for item in (await shop.merchant.get(orders, q=number)).json()["items"]] == [order_id]


async def test_correcting_with_the_same_number_changes_nothing(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await paid_order(shop, buyer)
    await ship(shop, order_id)
    assert (await correct(shop.merchant, order_id, NUMBER)).status_code == 200
    await shop.world.settle()
    assert len(rows(shop, "select 1 from fulfilment.parcel_event")) == 1
    templates = [n["template"] for n in (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]]
    assert templates == ["order_shipped"]


async def test_what_was_not_reported_is_corrected_as_often_as_need_be(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    await ship(shop, order_id)
    for number in (RIGHT, THIRD, RIGHT):
        assert (await correct(shop.merchant, order_id, number)).status_code == 200
        await shop.world.settle()
    told = rows(shop, "select tracking_no from trade.order_parcel order by correction")
    assert [each["tracking_no"] for each in told] == [NUMBER, THIRD, RIGHT]


async def test_what_was_reported_to_wechat_is_corrected_once_there_and_here(shop: Shop) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    await ship(shop, order_id)
    own = await only_parcel(shop, order_id)
    assert (upload(shop)["upload_status"], own["correction"]) == ("done", "once")
    shop.world.clock.advance(timedelta(minutes=1))

    assert (await correct(shop.merchant, order_id)).json()["correction"] == "used"
    await shop.world.settle()

    (report,) = reports(shop)
    assert (json.loads(report["content"])["shipping_list"][0]["tracking_no"], report["uploads"]) == (RIGHT, 2)
    assert upload(shop)["upload_status"] == "done"
    again = await correct(shop.merchant, order_id, THIRD)
    assert (again.status_code, again.json()["code"]) == (409, "fulfilment/corrected-before")
    (parcel,) = rows(shop, "select tracking_no from fulfilment.parcel")
    assert parcel["tracking_no"] == RIGHT


async def test_ten_corrections_at_once_of_a_reported_number_are_one(shop: Shop) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    await ship(shop, order_id)
    answers = await asyncio.gather(*(correct(shop.merchant, order_id, f"SF90000000000{n:02}") for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert len(rows(shop, "select 1 from fulfilment.parcel_event where code = 'number_corrected'")) == 1


async def test_a_number_corrected_while_the_wrong_one_is_being_reported_is_reported_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer)
    assert (await try_ship(shop, order_id)).status_code == 201

    async def corrected_meanwhile() -> None:
        assert (await correct(shop.merchant, order_id)).status_code == 200

    once_reported(monkeypatch, corrected_meanwhile)
    await shop.world.settle()
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()

    (report,) = reports(shop)
    assert (json.loads(report["content"])["shipping_list"][0]["tracking_no"], report["uploads"]) == (RIGHT, 2)
    assert (await correct(shop.merchant, order_id, THIRD)).status_code == 409


@pytest.mark.parametrize(
    ("errcode", "corrected", "status"),
    [
        (10060003, False, UploadStatus.DONE),
        (10060003, True, UploadStatus.REFUSED),  # WeChat keeps the wrong number: a person has to look
        (10060002, True, UploadStatus.REFUSED),
        (10060023, True, UploadStatus.DONE),
    ],
)
def test_a_correction_that_wechat_does_not_take_is_not_called_done(
    errcode: int, corrected: bool, status: UploadStatus
) -> None:
    assert status_after_refusal(errcode, 1, corrected=corrected) is status


async def test_a_number_of_another_order_is_asked_about(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    first, second = await paid_order(shop, buyer), await paid_order(shop, buyer)
    await ship(shop, first)
    asked = await try_ship(shop, second)
    number = (await buyer.see(first))["number"]
    assert (asked.status_code, asked.json()["code"]) == (409, "fulfilment/number-in-use")
    assert asked.json()["order_numbers"] == [number]
    assert (await buyer.see(second))["status"] == "to_ship"
    path = f"{FULFILMENT}/console/orders/{second}/ship"
    body = {"carrier_code": "SF", "tracking_no": NUMBER, "together": True}
    assert (await shop.merchant.post(path, body)).status_code == 201
    assert (await buyer.see(second))["status"] == "shipped"


async def test_nobody_is_asked_about_a_number_for_an_order_that_cannot_go(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    await ship(shop, await paid_order(shop, buyer))
    unpaid = (await buyer.order("solo"))["id"]
    assert (await try_ship(shop, unpaid, NUMBER)).json()["code"] == "fulfilment/not-shippable"


async def test_two_packers_with_one_label_are_not_both_let_through(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    orders = [await paid_order(shop, buyer) for _ in range(4)]
    answers = await asyncio.gather(*(try_ship(shop, order_id) for order_id in orders))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"fulfilment/number-in-use"}


async def test_a_number_is_free_again_after_a_correction_and_after_a_refused_parcel(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    first, second, third = [await paid_order(shop, buyer) for _ in range(3)]
    await ship(shop, first)
    taken = await correct(shop.merchant, second)
    assert (taken.status_code, taken.json()["code"]) == (404, "fulfilment/parcel-not-found")
    await ship(shop, second, THIRD)
    asked = await correct(shop.merchant, second, NUMBER)
    assert asked.json()["code"] == "fulfilment/number-in-use"
    assert (await correct(shop.merchant, second, NUMBER, together=True)).status_code == 200
    assert (await correct(shop.merchant, first)).status_code == 200
    assert (await correct(shop.merchant, second, THIRD)).status_code == 200
    unpaid = (await buyer.order("solo"))["id"]
    assert (await try_ship(shop, unpaid, NUMBER)).json()["code"] == "fulfilment/not-shippable"
    assert (await try_ship(shop, third, NUMBER)).status_code == 201


async def test_numbers_are_the_merchants_own_affair(shop: Shop) -> None:
    neighbour = await open_shop(shop.world)
    ours = await paid_order(shop, await shop.shopper(1))
    theirs = await paid_order(neighbour, await neighbour.shopper(2))
    await ship(shop, ours)
    assert (await try_ship(neighbour, theirs)).status_code == 201  # the same number at another merchant's
    path = f"{FULFILMENT}/console/parcels/{(await only_parcel(shop, ours))['id']}/corrections"
    foreign = await neighbour.merchant.post(path, {"carrier_code": "SF", "tracking_no": RIGHT})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "fulfilment/parcel-not-found")
    (parcel,) = rows(shop, "select tracking_no from fulfilment.parcel where order_id = %s", ours)
    assert parcel["tracking_no"] == NUMBER


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], "picked_up"),
        (["in_transit"], "in_transit"),
        (["delivered", "in_transit"], "delivered"),
        (["in_transit", "delivered", "out_for_delivery", "picked_up"], "delivered"),
    ],
)
def test_where_a_parcel_is_never_runs_back(told: list[str], state: str) -> None:
    assert state_of(told) is ShipmentEventCode(state)


async def test_a_late_scan_is_history_and_changes_no_state(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    await ship(shop, order_id)
    begin = shop.world.clock.now()
    shop.world.clock.advance(timedelta(hours=5))
    assert (await tell(shop, order_id, "delivered")).json()["state"] == "delivered"
    late = await tell(shop, order_id, "in_transit", at=(begin + timedelta(hours=2)).isoformat())
    assert late.json()["state"] == "delivered"
    later = await tell(shop, order_id, "out_for_delivery")  # at the time of the delivery
    assert later.json()["state"] == "delivered"
    codes = [event["code"] for event in later.json()["events"]]
    assert codes == ["delivered", "out_for_delivery", "in_transit", "picked_up"]
    shop.world.clock.advance(timedelta(hours=1))
    assert (await tell(shop, order_id, "in_transit")).json()["state"] == "delivered"
    future = await tell(shop, order_id, "delivered", at=(begin + timedelta(days=2)).isoformat())
    assert (future.status_code, future.json()["code"]) == (422, "fulfilment/event-in-future")
    assert (await tell(shop, order_id, "number_corrected")).status_code == 422
    before = await tell(shop, order_id, "delivered", at="1990-01-01T00:00:00Z")
    assert (before.status_code, before.json()["code"]) == (422, "fulfilment/event-before-order")
    assert len((await only_parcel(shop, order_id))["events"]) == 5


async def test_a_parcel_may_go_before_its_number_is_entered(shop: Shop) -> None:
    """The courier comes at noon, the clerk types in the evening."""
    ready = shop.world.clock.now()
    order_id = await paid_order(shop, await shop.shopper(1))
    shop.world.clock.advance(timedelta(hours=6))
    await ship(shop, order_id)
    told = await tell(shop, order_id, "in_transit", at=(ready + timedelta(hours=1)).isoformat())
    assert (told.status_code, told.json()["state"]) == (200, "in_transit")


_READY = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "answer"),
    [(-6, EventBeforeOrder), (-5, -5), (30, 30), (60, 60), (62, 60), (65, 60), (66, EventInFuture)],
)
def test_what_is_told_happened_between_the_order_and_now(minutes: int, answer: int | type[Problem]) -> None:
    at, now = _READY + timedelta(minutes=minutes), _READY + timedelta(hours=1)
    if isinstance(answer, int):
        assert checked_time(at, begun=_READY, now=now) == _READY + timedelta(minutes=answer)
    else:
        with pytest.raises(answer):
            checked_time(at, begun=_READY, now=now)


async def test_what_was_told_of_the_wrong_number_says_nothing_of_the_right_one(shop: Shop) -> None:
    order_id = await paid_order(shop, await shop.shopper(1))
    await ship(shop, order_id)
    shop.world.clock.advance(timedelta(hours=5))
    await tell(shop, order_id, "delivered")
    assert (await correct(shop.merchant, order_id)).json()["state"] == "picked_up"
    begun = shop.world.clock.now() - timedelta(hours=1)
    assert (await tell(shop, order_id, "in_transit", at=begun.isoformat())).json()["state"] == "in_transit"
