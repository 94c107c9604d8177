"""A crowd at a flash sale, through two processes' worth of the application: never one unit or one person too many."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from chengtuan.modules.trade.flash.moves import take_holds
from chengtuan.modules.trade.flash.rows import snapshots
from chengtuan.modules.trade.flash.rows.stock import LOCK_STOCK
from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleSnapshot
from chengtuan.platform.database import WriteSession
from tests.concurrency.stage import Stage, outcomes, rush
from tests.support.flash import CONSOLE, PRICE, flash_sale, try_hold, units
from tests.support.invariants import violations

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]
GUARDS = (("trade.flash_stock", "ck_flash_stock_units"), ("trade.stock", "ck_stock_equation"))


class Meeting:
    """Between reading and writing a batch waits for another one, so that a race that is there shows every time."""

    def __init__(self) -> None:
        self.patience_s = 0.02
        """Longer where nothing keeps the other one from coming but a machine that is busy."""
        self._here = 0
        self._met = asyncio.Event()

    async def come(self) -> None:
        self._here += 1
        if self._here > 1:
            self._met.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience_s):
                await self._met.wait()
        self._here -= 1
        if not self._here:
            self._met.clear()


@pytest.fixture(autouse=True)
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    meeting = Meeting()

    async def read_and_meet(tx: WriteSession, wishes: Sequence[HoldWish], now: datetime) -> SaleSnapshot:
        found = await snapshots.lock_sales(tx, wishes, now)
        await meeting.come()
        return found

    monkeypatch.setattr(take_holds, "lock_sales", read_and_meet)
    return meeting


def remove_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "LOCK_STOCK", LOCK_STOCK.removesuffix(" for update"))


@contextlib.contextmanager
def without_constraints(stage: Stage) -> Iterator[None]:
    saved = [
        (table, name, stage.rows("select pg_get_constraintdef(oid) from pg_constraint where conname = %s", name)[0][0])
        for table, name in GUARDS
    ]
    for table, name, _ in saved:
        stage.rows(f"alter table {table} drop constraint {name}")
    try:
        yield
    finally:
        for table, name, definition in saved:
            stage.rows(f"alter table {table} add constraint {name} {definition} not valid")


async def two_variants(stage: Stage, few: int, many: int, **changes: Any) -> tuple[str, str]:
    """A sale of two variants of the shop's product; its id, and the other variant."""
    shop = stage.shop
    path = f"/api/v1/catalog/console/products/{shop.product_id}"
    product = (await shop.merchant.get(path)).json()
    names = ("name", "summary", "description", "category_slug", "images", "list_price_fen")
    more = {"id": None, "name": {"en": "4 pieces"}, "solo_price_fen": 19000}
    skus = [{name: sku[name] for name in ("id", "name", "solo_price_fen")} for sku in product["skus"]]
    body = {name: product[name] for name in names} | {"skus": [*skus, more], "version": product["version"]}
    edited = await shop.merchant.put(path, body)
    assert edited.status_code == 200, edited.text
    await shop.world.settle()
    other = edited.json()["skus"][1]["id"]
    moved = await shop.merchant.post(
        f"/api/v1/trade/console/stock/{other}/movements", {"delta": many, "reason": "received"}
    )
    assert moved.status_code == 200, moved.text
    variants = [
        {"sku_id": shop.sku_id, "price_fen": PRICE, "units": few},
        {"sku_id": other, "price_fen": 9000, "units": many},
    ]
    return await flash_sale(shop, variants=variants, **changes), other


@pytest.mark.feature("F22", "F51")
async def test_never_more_is_taken_than_there_is(stage: Stage) -> None:
    sale_id, other = await two_variants(stage, 7, 20, per_user_limit=3)
    crowd = stage.crowd(60)
    attempts = [
        try_hold(buyer, sale_id, sku_id=other if number % 2 else stage.shop.sku_id, quantity=1 + number % 3)
        for number, buyer in enumerate(crowd)
    ]
    told = outcomes(await rush(*attempts))
    assert set(told) == {"201", "trade/flash-sold-out"}, told
    taken = stage.rows("select sku_id::text, sum(quantity)::int from trade.flash_hold group by 1")
    assert dict(taken) == {stage.shop.sku_id: 7, other: 20}, "small wishes fill what large ones leave"
    assert violations(stage.database_url, settled=False) == []
    await stage.settle_everywhere()
    await stage.settle_everywhere()
    assert stage.rows("select count(*)::int from trade.shop_order where kind = 'flash'") == [(told["201"],)]
    assert stage.rows("select distinct status from trade.flash_hold") == [("ordered",)]
    assert await units(stage.shop, sale_id) == (27, 0, 27, 0)
    assert violations(stage.database_url, settled=False) == []


async def test_one_person_who_presses_often_gets_their_share(stage: Stage) -> None:
    sale_id = await flash_sale(stage.shop, 50, per_user_limit=4)
    [buyer] = stage.crowd(1)
    doors = stage.through_all_doors(buyer)
    told = outcomes(await rush(*(try_hold(doors[n % len(doors)], sale_id) for n in range(24))))
    assert told == {"201": 4, "trade/flash-limit": 20}
    assert violations(stage.database_url, settled=False) == []


@pytest.mark.damages
async def test_without_the_lock_and_the_constraints_it_is_oversold(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, meeting: Meeting
) -> None:
    sale_id = await flash_sale(stage.shop, 3)
    remove_the_lock(monkeypatch)
    meeting.patience_s = 2.0
    with without_constraints(stage):
        told = outcomes(await rush(*(try_hold(buyer, sale_id) for buyer in stage.crowd(40))))
        assert told["201"] > 3
        assert any("no more than was set aside" in found for found in violations(stage.database_url, settled=False))


@pytest.mark.damages
async def test_without_the_lock_a_person_gets_more_than_their_share(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, meeting: Meeting
) -> None:
    sale_id = await flash_sale(stage.shop, 50)
    remove_the_lock(monkeypatch)
    meeting.patience_s = 2.0
    [buyer] = stage.crowd(1)
    told = outcomes(await rush(*(try_hold(door, sale_id) for door in stage.through_all_doors(buyer) * 4)))
    assert told["201"] > 1
    assert any("than its limit" in found for found in violations(stage.database_url, settled=False))


async def test_without_the_lock_the_constraints_hold_the_line(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sale_id = await flash_sale(stage.shop, 3)
    remove_the_lock(monkeypatch)
    await rush(*(try_hold(buyer, sale_id) for buyer in stage.crowd(40)))
    assert (await units(stage.shop, sale_id))[1] <= 3
    assert violations(stage.database_url, settled=False) == []


async def test_a_sale_that_is_stopped_in_a_rush_gives_back_what_nobody_has(stage: Stage) -> None:
    shop = stage.shop
    await shop.set_stock(60)
    sale_id = await flash_sale(shop, 40)
    crowd = stage.crowd(30)
    stop = shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")
    answers = await rush(*(try_hold(buyer, sale_id) for buyer in crowd[:15]), stop,
                         *(try_hold(buyer, sale_id) for buyer in crowd[15:]))  # fmt: skip
    told = outcomes([answer for answer in answers if "figures" not in answer.json()])
    assert set(told) <= {"201", "trade/flash-sale-ended"}, told
    await stage.settle_everywhere()
    allotted, held, sold, free = await units(shop, sale_id)
    assert (allotted, held, free) == (sold, 0, 0)
    assert sold == told["201"]
    assert (await shop.stock())["available"] == 60 - sold
    assert violations(stage.database_url, settled=False) == []


async def test_payments_giving_up_and_the_end_at_once_lose_nothing(stage: Stage) -> None:
    shop = stage.shop
    await shop.set_stock(30)
    sale_id = await flash_sale(shop, 20)
    crowd = stage.crowd(12)
    await rush(*(try_hold(buyer, sale_id) for buyer in crowd))
    await stage.settle_everywhere()
    orders = dict(stage.rows("select user_id, id::text from trade.shop_order where kind = 'flash'"))
    assert len(orders) == 12
    paying, leaving = crowd[::2], crowd[1::2]
    await rush(
        *(buyer.pay(orders[buyer.person.id], settle=False) for buyer in paying),
        *(buyer.person.post(f"/api/v1/trade/orders/{orders[buyer.person.id]}/cancel") for buyer in leaving),
        shop.merchant.post(f"{CONSOLE}/{sale_id}/stop"),
    )
    await shop.world.settle()
    await stage.settle_everywhere()
    assert await units(shop, sale_id) == (6, 0, 6, 0)
    assert (await shop.stock())["available"] == 24
    assert violations(stage.database_url, settled=False) == []
