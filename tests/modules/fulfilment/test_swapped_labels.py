"""Two labels that were mixed up are exchanged in one go (F27)."""

import asyncio
from contextvars import Context
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chengtuan.modules.fulfilment.rows import shipments
from chengtuan.modules.fulfilment.usecases import correct_number as correcting
from tests.modules.fulfilment.support import FULFILMENT, order_paid_in_wechat, parcels, pieces, rows, ship, wechat_buyer
from tests.modules.fulfilment.test_parcels import all_well, last_report, of_one_line, said
from tests.support.shop import Shop, open_shop

pytestmark = [pytest.mark.postgres, pytest.mark.feature("F27")]
ONE, TWO, THREE = "SF1000000000001", "SF1000000000002", "SF1000000000003"


async def swap(shop: Shop, parcel: dict[str, Any], number: str, **more: Any) -> httpx.Response:
    body = {"carrier_code": "SF", "tracking_no": number, "swap": True} | more
    return await shop.merchant.post(f"{FULFILMENT}/console/parcels/{parcel['id']}/corrections", body)


async def numbers_of(shop: Shop, order_id: str) -> list[tuple[str, str]]:
    return [(each["carrier_code"], each["tracking_no"]) for each in await parcels(shop, order_id)]


@pytest.mark.feature("F96")
async def test_two_parcels_of_an_order_exchange_labels_in_one_correction(shop: Shop) -> None:
    buyer, _ = await wechat_buyer(shop)
    order_id = await order_paid_in_wechat(shop, buyer, quantity=3)
    first = await ship(shop, order_id, ONE, lines=pieces(l1=1))
    shop.world.clock.advance(timedelta(minutes=1))
    await ship(shop, order_id, TWO)
    plain = await swap(shop, first, TWO, swap=False)
    assert said(plain) == (409, "fulfilment/number-sent")

    shop.world.clock.advance(timedelta(minutes=1))
    done = await swap(shop, first, TWO)
    await shop.world.settle()

    assert (done.status_code, done.json()["tracking_no"], done.json()["correction"]) == (200, TWO, "used")
    assert await numbers_of(shop, order_id) == [("SF", TWO), ("SF", ONE)]
    assert last_report(shop)[2] == [(TWO, "蜜柚 × 1"), (ONE, "蜜柚 × 2")]
    inbox = (await buyer.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert {n["params"]["tracking_no"] for n in inbox if n["template"] == "number_corrected"} == {ONE, TWO}
    told = "select distinct on (parcel_id) parcel_id, tracking_no from trade.order_parcel order by 1, correction desc"
    kept = rows(shop, "select id as parcel_id, tracking_no from fulfilment.parcel order by 1")
    assert rows(shop, told) == kept
    assert said(await swap(shop, first, ONE)) == (409, "fulfilment/corrected-before")
    assert all_well(shop)


async def test_parcels_of_two_orders_exchange_labels_with_their_carriers(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    orders = [await of_one_line(shop, buyer, 1) for _ in range(2)]
    first = await ship(shop, orders[0], ONE)
    await ship(shop, orders[1], TWO, carrier="OTHER")
    assert said(await swap(shop, first, TWO, swap=False)) == (409, "fulfilment/number-in-use")
    for _ in range(2):  # said twice it is done once
        assert (await swap(shop, first, TWO, carrier_code="OTHER")).status_code == 200
    await shop.world.settle()
    assert [await numbers_of(shop, each) for each in orders] == [[("OTHER", TWO)], [("SF", ONE)]]
    assert all_well(shop)


async def test_who_says_swap_for_a_number_that_nobody_has_corrects_it(shop: Shop) -> None:
    """Another merchant's parcel with it is left alone."""
    neighbour = await open_shop(shop.world)
    theirs = await of_one_line(neighbour, await neighbour.shopper(2), 1)
    await ship(neighbour, theirs, THREE)
    order_id = await of_one_line(shop, await shop.shopper(1), 1)
    first = await ship(shop, order_id, ONE)
    assert (await swap(shop, first, THREE)).status_code == 200
    assert await numbers_of(shop, order_id) == await numbers_of(neighbour, theirs) == [("SF", THREE)]
    assert said(await swap(neighbour, first, ONE)) == (404, "fulfilment/parcel-not-found")
    assert all_well(shop)


async def _one_alone_and_two_together(shop: Shop) -> tuple[list[str], list[dict[str, Any]]]:
    buyer = await shop.shopper(1)
    orders = [await of_one_line(shop, buyer, 1) for _ in range(3)]
    labels: list[tuple[str, dict[str, Any]]] = [(ONE, {}), (TWO, {}), (TWO, {"together": True})]
    return orders, [
        await ship(shop, order, number, **more) for order, (number, more) in zip(orders, labels, strict=True)
    ]


async def test_orders_that_go_together_exchange_their_label_together(shop: Shop) -> None:
    orders, (first, *_) = await _one_alone_and_two_together(shop)
    assert said(await swap(shop, first, TWO, swap=False)) == (409, "fulfilment/number-in-use")
    for _ in range(2):  # said twice it is done once
        assert (await swap(shop, first, TWO)).status_code == 200
    await shop.world.settle()
    assert [await numbers_of(shop, each) for each in orders] == [[("SF", TWO)], [("SF", ONE)], [("SF", ONE)]]
    assert all_well(shop)


async def test_one_of_those_that_go_together_exchanges_nothing_unless_it_is_said(shop: Shop) -> None:
    orders, (_, _, third) = await _one_alone_and_two_together(shop)
    refused = await swap(shop, third, ONE)
    assert said(refused) == (409, "fulfilment/number-in-use"), "the other order stays with it"
    assert len(refused.json()["order_numbers"]) == 1
    assert (await swap(shop, third, ONE, together=True)).status_code == 200
    await shop.world.settle()
    assert [await numbers_of(shop, each) for each in orders] == [[("SF", TWO)], [("SF", TWO)], [("SF", ONE)]]
    assert all_well(shop)


async def test_a_label_that_was_corrected_away_a_moment_before_is_not_exchanged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = await shop.shopper(1)
    orders = [await of_one_line(shop, buyer, 1) for _ in range(2)]
    first, second = await ship(shop, orders[0], ONE), await ship(shop, orders[1], TWO)
    lock = shipments.lock_shipments_of_parcels

    async def after_another(*args: Any) -> Any:
        monkeypatch.setattr(shipments, "lock_shipments_of_parcels", lock)
        corrected = asyncio.create_task(swap(shop, second, THREE), context=Context())
        assert (await corrected).status_code == 200
        return await lock(*args)

    monkeypatch.setattr(shipments, "lock_shipments_of_parcels", after_another)
    assert (await swap(shop, first, TWO)).status_code == 200
    assert [await numbers_of(shop, each) for each in orders] == [[("SF", TWO)], [("SF", THREE)]]


async def _from_both_ends(shop: Shop) -> int:
    """Six clerks exchange the same two labels at once, three from each: how many corrections there are."""
    buyer = await shop.shopper(1)
    orders = [await of_one_line(shop, buyer, 1) for _ in range(2)]
    first, second = await ship(shop, orders[0], ONE), await ship(shop, orders[1], TWO)
    ends = [(first, TWO), (second, ONE)] * 3
    answers = await asyncio.gather(*(swap(shop, parcel, number) for parcel, number in ends))
    assert {each.status_code for each in answers} == {200}
    assert [await numbers_of(shop, each) for each in orders] == [[("SF", TWO)], [("SF", ONE)]]
    return len(rows(shop, "select 1 from fulfilment.parcel_event where code = 'number_corrected'"))


async def test_clerks_at_both_ends_exchange_once(shop: Shop) -> None:
    assert await _from_both_ends(shop) == 2
    await shop.world.settle()
    assert all_well(shop)


@pytest.mark.damages
async def test_control_who_does_not_wait_exchanges_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clerks have both looked before either writes."""
    both, label_anew = asyncio.Barrier(2), correcting._label_anew

    async def nobody_waits(*_: object) -> None:
        return None

    async def at_once(*args: Any, **more: Any) -> None:
        await both.wait()
        await label_anew(*args, **more)

    monkeypatch.setattr(shipments, "lock_shipments_of_parcels", nobody_waits)
    monkeypatch.setattr(correcting, "_label_anew", at_once)
    buyer = await shop.shopper(1)
    orders = [await of_one_line(shop, buyer, 1) for _ in range(2)]
    first, _ = await ship(shop, orders[0], ONE), await ship(shop, orders[1], TWO)
    await asyncio.gather(*(swap(shop, first, TWO) for _ in range(2)))
    assert len(rows(shop, "select 1 from fulfilment.parcel_event where code = 'number_corrected'")) == 4
