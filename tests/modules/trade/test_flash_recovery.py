"""A process may end between a hold and its order, and what one of a batch breaks is that one's alone."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chengtuan.kernel.problems import Overloaded
from chengtuan.modules.trade.flash.moves import take_holds as moves
from chengtuan.modules.trade.flash.rules.take import HoldWish
from chengtuan.modules.trade.flash.usecases import hold_units, order_holds
from chengtuan.platform.database import WriteSession
from tests.support.flash import flash_sale, hold, own_sale, see_hold, try_hold, units
from tests.support.shop import Shop
from tests.support.stock import rows


def forget_everything(shop: Shop) -> None:
    """As if the process had ended that took the holds: another one has never heard of them."""
    [loop] = [each for each in shop.world.composition.running["trade"].built.loops if each.name == "holds"]
    assert loop.bell is not None
    waiting = next(
        cell.cell_contents
        for cell in loop.once.__closure__ or ()
        if isinstance(cell.cell_contents, order_holds.Waiting)
    )
    waiting.some(1000)


@pytest.mark.feature("F50")
async def test_a_hold_whose_process_ended_becomes_an_order_elsewhere(shop: Shop) -> None:
    sale_id, buyers = await flash_sale(shop, 3), [await shop.shopper(number) for number in (1, 2)]
    held = [await hold(buyer, sale_id) for buyer in buyers]
    forget_everything(shop)
    await shop.world.settle()
    assert (await see_hold(buyers[0], held[0]["id"]))["status"] == "held", "the control: nobody here knows of it"
    shop.world.clock.advance(timedelta(seconds=3))
    await shop.world.settle()
    for buyer, each in zip(buyers, held, strict=True):
        seen = await see_hold(buyer, each["id"])
        assert seen["status"] == "ordered"
        assert (await buyer.see(seen["order_id"]))["status"] == "pending_payment"
    assert await units(shop, sale_id) == (3, 0, 2, 1)


def test_a_process_that_makes_no_orders_remembers_no_more_than_so_many_holds() -> None:
    """One that leaves the background to others would remember every hold it ever took."""
    waiting, ids = order_holds.Waiting(), [uuid4() for _ in range(order_holds._REMEMBERED + 1)]
    waiting.add(ids)
    assert waiting.some(len(ids)) == ids[1:]


async def test_a_hold_waits_for_what_passes_and_is_refused_for_what_does_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale_id, buyer = await flash_sale(shop), await shop.shopper(1)
    held = await hold(buyer, sale_id)
    [loop] = [each for each in shop.world.composition.running["trade"].built.loops if each.name == "holds"]

    async def too_many(*_: object) -> None:
        raise Overloaded(retry_after_s=1)

    with monkeypatch.context() as busy:
        busy.setattr("chengtuan.modules.trade.module.order_hold", too_many)
        assert await loop.once() == 0
        assert (await see_hold(buyer, held["id"]))["status"] == "held"
    shop.world.clock.advance(timedelta(seconds=3))
    await shop.world.settle()
    assert (await see_hold(buyer, held["id"]))["status"] == "ordered"


async def test_two_that_make_the_same_order_make_one(shop: Shop) -> None:
    sale_id, buyer = await flash_sale(shop), await shop.shopper(1)
    held = await hold(buyer, sale_id)
    [loop] = [each for each in shop.world.composition.running["trade"].built.loops if each.name == "holds"]
    shop.world.clock.advance(timedelta(seconds=3))
    done = await asyncio.gather(loop.once(), loop.once(), loop.once())
    assert sum(done) >= 1
    assert rows(shop, "select count(*) from trade.shop_order where kind = 'flash'") == [(1,)]
    assert (await see_hold(buyer, held["id"]))["status"] == "ordered"


async def test_what_one_hold_breaks_is_its_own(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that fails is tried one by one."""
    sale_id, buyers = await flash_sale(shop, 9), [await shop.shopper(number) for number in range(1, 5)]
    broken = uuid4()
    batches: list[int] = []

    async def take(tx: WriteSession, wishes: Sequence[HoldWish]) -> list[Any]:
        batches.append(len(wishes))
        answers = await moves.take_holds(tx, wishes)
        if any(wish.request_id == broken for wish in wishes):
            raise ValueError("this one cannot be written")
        return answers

    monkeypatch.setattr(hold_units, "take_holds", take)
    first = asyncio.create_task(try_hold(buyers[0], sale_id))
    rest = [try_hold(buyer, sale_id, key=broken if number == 1 else None) for number, buyer in enumerate(buyers[1:])]
    answers = [await first, *await asyncio.gather(*rest)]
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 500]
    assert (await own_sale(shop, sale_id))["held"] == 3
    assert max(batches) > 1
