"""Several parcels for an order: line by line, piece by piece, and never more than was ordered (F27, rules 8 and 17)."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from chengtuan.kernel.problems import Problem
from chengtuan.modules.fulfilment.moves import keep_missed_shipment
from chengtuan.modules.fulfilment.rows import parcels as parcel_rows
from chengtuan.modules.trade.facade import FewerPiecesLeft, OrderedLine, OrderShipped, ParcelLine, TooManyParcels
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows import parcels as sent_rows
from chengtuan.modules.trade.orders.rules.parcels import pieces_to_send
from chengtuan.modules.trade.orders.usecases import send_parcel as trade_sends
from chengtuan.platform.database import WriteSession
from tests.concurrency.stage import another_product
from tests.modules.fulfilment.support import (
    FULFILMENT,
    once_reported,
    order_paid_in_wechat,
    parcels,
    pieces,
    rows,
    ship,
    try_ship,
    wechat_buyer,
)
from tests.modules.fulfilment.test_uploads import reports, upload
from tests.modules.trade.test_order_lines import ordered
from tests.support.invariants import violations
from tests.support.shop import Buyer, Shop

pytestmark = [pytest.mark.postgres, pytest.mark.feature("F27")]
FIRST, SECOND, THIRD = "SF1000000000001", "SF1000000000002", "SF1000000000003"


async def of_five_pieces(shop: Shop, buyer: Buyer) -> str:
    """Three of one line and two of another, paid."""
    other = await another_product(shop)
    lines = [{"sku_id": shop.sku_id, "quantity": 3}, {"sku_id": other, "quantity": 2}]
    order = await ordered(buyer, {"mode": "solo", "lines": lines})
    await buyer.pay(order["id"])
    return str(order["id"])


async def of_one_line(shop: Shop, buyer: Buyer, quantity: int) -> str:
    order = await buyer.order("solo", quantity=quantity)
    await buyer.pay(order["id"])
    return str(order["id"])


def all_well(shop: Shop) -> bool:
    return violations(shop.world.environ["CHENGTUAN_DATABASE_URL"]) == []


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def sent_of(buyer: Buyer, order_id: str) -> tuple[str, list[int]]:
    order = await buyer.see(order_id)
    return order["status"], [line["sent"] for line in order["lines"]]


async def test_an_order_goes_in_two_parcels_and_is_shipped_with_the_last(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_five_pieces(shop, buyer)
    assert await parcels(shop, order_id) == []
    first = await ship(shop, order_id, FIRST, lines=pieces(l1=2))

    assert (first["nth"], first["lines"]) == (1, [{"line": 1, "quantity": 2}])
    assert await sent_of(buyer, order_id) == ("to_ship", [2, 0])
    assert (await buyer.see(order_id))["shipped_at"] is None
    assert (await shop.stock())["on_hand"] == 98
    assert said(await buyer.person.post(f"/api/v1/trade/orders/{order_id}/cancel")) == (409, "trade/partly-sent")
    received = await buyer.person.post(f"/api/v1/trade/orders/{order_id}/confirm-receipt")
    assert said(received) == (409, "trade/wrong-order-state")
    assert rows(shop, "select shipped_at from fulfilment.parcel_task") == [{"shipped_at": None}]
    assert all_well(shop)

    shop.world.clock.advance(timedelta(hours=5))
    second = await ship(shop, order_id, SECOND)

    assert (second["nth"], second["lines"]) == (2, [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 2}])
    assert await sent_of(buyer, order_id) == ("shipped", [3, 2])
    assert (await buyer.see(order_id))["shipped_at"] == second["sent_at"]
    seen = (await buyer.person.get(f"{FULFILMENT}/orders/{order_id}/parcels")).json()["items"]
    assert [(each["tracking_no"], each["state"]) for each in seen] == [(FIRST, "picked_up"), (SECOND, "picked_up")]
    for number in (FIRST, SECOND):
        found = (await shop.merchant.get("/api/v1/trade/console/orders", q=number)).json()["items"]
        assert [each["id"] for each in found] == [order_id]
    assert all_well(shop)
    shop.world.clock.advance(timedelta(days=9))
    await shop.world.settle()
    assert (await buyer.see(order_id))["status"] == "shipped", "ten days from the last parcel"
    shop.world.clock.advance(timedelta(days=1))
    await shop.world.settle()
    assert (await buyer.see(order_id))["status"] == "completed"


async def test_the_buyer_hears_of_each_parcel_once(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_five_pieces(shop, buyer)
    await ship(shop, order_id, FIRST, lines=pieces(l1=2))
    shop.world.clock.advance(timedelta(minutes=1))
    await ship(shop, order_id, SECOND)
    notices = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
    told = [each["params"] for each in notices if each["template"] == "order_shipped"]
    assert [(each["tracking_no"], each["parcel"], each["sent"], each["pieces"], each["left"]) for each in told] == [
        (SECOND, 2, 3, 5, 0),
        (FIRST, 1, 2, 5, 3),
    ]
    whole = told[0]["product_name"]
    assert whole["zh-Hant"].endswith("等 2 種商品"), "kinds are not pieces"
    assert [each["contents"] for each in told] == [whole, {"zh-Hant": "蜜柚", "en": "Pomelo"}], "what is in each"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (pieces(l1=4), {"line": 1, "left": 3}),
        (pieces(l1=1, l3=1), {"line": 3, "left": 0}),
        (pieces(l1=0), None),
        ([*pieces(l1=1), *pieces(l1=1)], None),
        ([], None),
    ],
)
async def test_a_parcel_holds_what_is_left_and_something(
    shop: Shop, lines: list[dict[str, int]], problem: dict[str, int] | None
) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_five_pieces(shop, buyer)
    refused = await try_ship(shop, order_id, FIRST, lines=lines)
    code = "trade/fewer-pieces-left" if problem else "platform/invalid-request"
    assert said(refused) == (409 if problem else 422, code)
    assert {key: refused.json()[key] for key in problem or ()} == (problem or {})
    assert await sent_of(buyer, order_id) == ("to_ship", [0, 0])
    assert (await shop.stock())["on_hand"] == 100
    assert rows(shop, "select 1 from fulfilment.parcel_number where held > 0") == [], "its number is free again"


async def _race(shop: Shop, buyer: Buyer) -> tuple[int, list[int]]:
    """Five clerks pack two of five pieces each: how many parcels went, and the pieces sent."""
    order_id = await of_one_line(shop, buyer, 5)
    numbers = [f"SF100000000000{n}" for n in range(5)]
    answers = await asyncio.gather(*(try_ship(shop, order_id, number, lines=pieces(l1=2)) for number in numbers))
    await shop.world.settle()
    return sum(each.status_code == 201 for each in answers), (await sent_of(buyer, order_id))[1]


async def test_clerks_at_once_send_no_more_than_was_ordered(shop: Shop) -> None:
    assert await _race(shop, await shop.shopper(1)) == (2, [4])
    assert (await shop.stock())["on_hand"] == 96
    assert all_well(shop)


async def test_control_without_looking_first_the_statement_refuses(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the order, and everybody thinks that enough is left: the condition of the update remains."""
    monkeypatch.setattr(order_rows, "_LOCK", order_rows._FIND)
    monkeypatch.setattr(trade_sends, "pieces_to_send", lambda _order, wanted, **_: wanted)
    assert await _race(shop, await shop.shopper(1)) == (2, [4])
    assert all_well(shop)


@pytest.mark.damages
async def test_control_without_the_condition_the_constraint_refuses(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take_anyway(tx: WriteSession, order_id: Any, lines: list[ParcelLine]) -> bool:
        for each in lines:
            await tx.execute(
                "update order_line set sent = sent + %s where order_id = %s and line = %s",
                (each.quantity, order_id, each.line),
            )
        return True

    monkeypatch.setattr(trade_sends, "pieces_to_send", lambda _order, wanted, **_: wanted)
    monkeypatch.setattr(sent_rows, "count_sent", take_anyway)
    buyer = await shop.shopper(1)
    order_id = await of_one_line(shop, buyer, 2)
    assert (await try_ship(shop, order_id, FIRST, lines=pieces(l1=3))).status_code == 500
    assert await sent_of(buyer, order_id) == ("to_ship", [0])
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_order_line_sent"):
        rows(shop, "update trade.order_line set sent = quantity + 1")
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_shop_order_parcels"):
        rows(shop, "update trade.shop_order set parcels = 16")
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_shop_order_parcels"):
        rows(shop, "update trade.shop_order set status = 'shipped'")


class Line:
    def __init__(self, line: int, left: int) -> None:
        self.line, self.left = line, left


@pytest.mark.parametrize(
    ("left", "wanted", "parcels", "expected"),
    [
        ([3, 2], None, 0, {1: 3, 2: 2}),
        ([0, 2], None, 1, {2: 2}),
        ([3, 2], {1: 1}, 0, {1: 1}),
        ([3, 2], {1: 4}, 0, FewerPiecesLeft),
        ([3, 2], {3: 1}, 0, FewerPiecesLeft),
        ([3, 2], {1: 1}, 13, {1: 1}),
        ([3, 2], {1: 1}, 14, TooManyParcels),
        ([3, 2], {1: 3, 2: 2}, 14, {1: 3, 2: 2}),
        ([3, 2], None, 14, {1: 3, 2: 2}),
    ],
)
def test_what_goes_into_a_parcel(
    left: list[int], wanted: dict[int, int] | None, parcels: int, expected: dict[int, int] | type[Problem]
) -> None:
    """(rule 17: 15 at most, so that the last one holds all that is left)"""
    order = [Line(line, units) for line, units in enumerate(left, 1)]
    asked = None if wanted is None else [ParcelLine(line=line, quantity=n) for line, n in wanted.items()]
    if isinstance(expected, dict):
        assert {each.line: each.quantity for each in pieces_to_send(order, asked, parcels=parcels)} == expected
    else:
        with pytest.raises(expected):
            pieces_to_send(order, asked, parcels=parcels)


async def test_the_same_label_is_the_same_parcel(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_one_line(shop, buyer, 3)
    first = await ship(shop, order_id, FIRST, lines=pieces(l1=1))
    for again in ({"lines": pieces(l1=1)}, {}):
        assert await ship(shop, order_id, FIRST, **again) == first
    other = await try_ship(shop, order_id, FIRST, lines=pieces(l1=2))
    assert said(other) == (409, "fulfilment/number-sent")
    second = await ship(shop, order_id, SECOND, lines=pieces(l1=1))
    assert (second["nth"], second["lines"]) == (2, first["lines"]), "pieces of one line go one by one"
    taken = await shop.merchant.post(
        f"{FULFILMENT}/console/parcels/{second['id']}/corrections", {"carrier_code": "SF", "tracking_no": FIRST}
    )
    assert said(taken) == (409, "fulfilment/number-sent")
    assert await sent_of(buyer, order_id) == ("to_ship", [2])


async def test_ten_clicks_with_a_part_send_it_once(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_one_line(shop, buyer, 3)
    answers = await asyncio.gather(*(try_ship(shop, order_id, FIRST, lines=pieces(l1=1)) for _ in range(10)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1
    assert await sent_of(buyer, order_id) == ("to_ship", [1])


async def test_a_number_is_corrected_for_its_parcel_alone(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order_id = await of_one_line(shop, buyer, 2)
    first = await ship(shop, order_id, FIRST, lines=pieces(l1=1))
    await ship(shop, order_id, SECOND)
    shop.world.clock.advance(timedelta(minutes=1))
    path = f"{FULFILMENT}/console/parcels/{first['id']}"
    await shop.merchant.post(f"{path}/corrections", {"carrier_code": "SF", "tracking_no": THIRD})
    await shop.merchant.post(f"{path}/events", {"code": "delivered"})
    await shop.world.settle()
    states = [(each["tracking_no"], each["state"]) for each in await parcels(shop, order_id)]
    assert states == [(THIRD, "delivered"), (SECOND, "picked_up")]
    (notice, *_) = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert (notice["template"], notice["params"]["tracking_no"]) == ("number_corrected", THIRD)
    for number in (FIRST, SECOND, THIRD):
        assert (await shop.merchant.get("/api/v1/trade/console/orders", q=number)).json()["items"]


def last_report(shop: Shop) -> tuple[int, bool, list[tuple[str, str]]]:
    (report,) = reports(shop)
    content = json.loads(report["content"])
    listed = [(each["tracking_no"], each["item_desc"]) for each in content["shipping_list"]]
    return content["delivery_mode"], content["is_all_delivered"], listed


@pytest.mark.feature("F96")
async def test_parcels_are_reported_to_wechat_as_they_go_and_corrected_once_at_the_end(shop: Shop) -> None:
    """Rule 17: nothing of this but the last is the one repetition."""
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer, quantity=3)
    first = await ship(shop, order_id, FIRST, lines=pieces(l1=1))
    assert last_report(shop) == (2, False, [(FIRST, "蜜柚 × 1")])
    path, right = f"{FULFILMENT}/console/parcels/{first['id']}/corrections", {"carrier_code": "SF"}
    for number in (SECOND, THIRD):  # before all went, as often as need be
        shop.world.clock.advance(timedelta(minutes=1))
        assert (await shop.merchant.post(path, right | {"tracking_no": number})).json()["correction"] == "free"
        await shop.world.settle()
    shop.world.clock.advance(timedelta(minutes=1))
    await ship(shop, order_id, FIRST)
    assert last_report(shop) == (2, True, [(THIRD, "蜜柚 × 1"), (FIRST, "蜜柚 × 2")])
    assert {each["correction"] for each in await parcels(shop, order_id)} == {"once"}
    shop.world.clock.advance(timedelta(minutes=1))
    assert (await shop.merchant.post(path, right | {"tracking_no": SECOND})).json()["correction"] == "used"
    await shop.world.settle()
    assert last_report(shop)[2][0] == (SECOND, "蜜柚 × 1")
    assert upload(shop)["upload_status"] == "done"
    again = await shop.merchant.post(path, right | {"tracking_no": THIRD})
    assert said(again) == (409, "fulfilment/corrected-before")


async def test_a_parcel_that_goes_while_the_one_before_is_reported_is_reported_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer, quantity=2)
    assert (await try_ship(shop, order_id, FIRST, lines=pieces(l1=1))).status_code == 201

    async def another_goes() -> None:
        assert (await try_ship(shop, order_id, SECOND)).status_code == 201

    once_reported(monkeypatch, another_goes)
    await shop.world.settle()
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    mode, complete, listed = last_report(shop)
    assert (mode, complete, [number for number, _ in listed]) == (2, True, [FIRST, SECOND])
    assert {each["correction"] for each in await parcels(shop, order_id)} == {"once"}, "that was no correction"


async def test_a_parcel_that_is_stored_late_is_not_left_out_of_the_report(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ended after trade had booked the first; the last one is stored before it, and is not all."""
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer, quantity=2)

    async def dies(*_: object) -> bool:
        raise ConnectionError("the process ended here")

    with monkeypatch.context() as patch:
        patch.setattr(parcel_rows, "insert_parcel", dies)
        assert (await try_ship(shop, order_id, FIRST, lines=pieces(l1=1))).status_code == 500
    assert (await try_ship(shop, order_id, SECOND)).status_code == 201
    upload_now = rows(
        shop, "select parcels, (select count(*)::int from fulfilment.parcel) as kept from fulfilment.shipment"
    )
    assert upload_now == [{"parcels": 2, "kept": 1}]
    await shop.world.settle()
    shop.world.clock.advance(timedelta(hours=1))
    await shop.world.settle()
    mode, complete, listed = last_report(shop)
    assert (mode, complete, [number for number, _ in listed]) == (2, True, [FIRST, SECOND])
    assert [each["lines"] for each in await parcels(shop, order_id)] == [pieces(l1=1), pieces(l1=1)]
    assert all_well(shop)


async def test_news_from_before_there_were_several_parcels_is_one_with_everything(shop: Shop) -> None:
    """It may wait in a queue while the shop is upgraded."""
    buyer = await shop.shopper(1)
    order_id = await of_one_line(shop, buyer, 2)
    (task,) = rows(shop, "select * from fulfilment.parcel_task")
    line = OrderedLine(
        line=1, product_id=task["order_id"], sku_id=task["order_id"], quantity=2, unit_fen=1, payable_fen=2
    )
    event = OrderShipped(
        order_id=task["order_id"],
        number=task["number"],
        user_id=task["user_id"],
        product_name={"en": "Pomelo"},
        carrier_code="SF",
        tracking_no=FIRST,
        shipped_at=shop.world.clock.now(),
        lines=[line],
    )
    for _ in range(2):
        async with shop.world.composition.running["fulfilment"].database.write() as tx:
            await keep_missed_shipment(tx, event)
    (parcel,) = await parcels(shop, order_id)
    assert (parcel["id"], parcel["nth"], parcel["lines"]) == (order_id, 1, pieces(l1=2))
