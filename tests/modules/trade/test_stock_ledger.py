"""The ledger of stock: where stock lies, and that a movement and what it makes of the stock are one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.kernel.problems import InvalidRequest, Problem
from chengtuan.modules.trade.problems import StockMoved, StockTooLow
from chengtuan.modules.trade.stock.moves import release, reserve, ship
from chengtuan.modules.trade.stock.rows import ledger
from chengtuan.modules.trade.stock.rules import MAX_UNITS, Holding, Stock, units_counted, units_moved
from tests.support.invariants import violations
from tests.support.shop import Shop, open_shop
from tests.support.stock import rows, step, trace
from tests.support.world import World

pytestmark = pytest.mark.postgres
KEPT = Stock(UUID(int=1), on_hand=10, available=6, reserved=4)


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (lambda: units_moved(KEPT, 5), 5),
        (lambda: units_moved(KEPT, -6), -6),
        (lambda: units_moved(KEPT, -7), StockTooLow),
        (lambda: units_moved(KEPT, MAX_UNITS - 10), MAX_UNITS - 10),
        (lambda: units_moved(KEPT, MAX_UNITS - 9), InvalidRequest),
        (lambda: units_counted(KEPT, 12, expected=10), 2),
        (lambda: units_counted(KEPT, 4, expected=10), -6),
        (lambda: units_counted(KEPT, 3, expected=10), StockTooLow),
        (lambda: units_counted(KEPT, 12, expected=9), StockMoved),
        (lambda: units_counted(KEPT, 3, expected=9), StockMoved),
        (lambda: units_counted(KEPT, 10, expected=9), 0),
    ],
)
def test_what_people_book_is_judged(judge: Callable[[], int], expected: int | type[Problem]) -> None:
    """(rule 8)"""
    if isinstance(expected, int):
        assert judge() == expected
    else:
        with pytest.raises(expected):
            judge()


async def test_every_merchant_has_one_main_place(world: World) -> None:
    shop = await open_shop(world)
    await open_shop(world)
    assert rows(shop, "select count(*), count(distinct merchant_id) from trade.place where kind = 'main'") == [(2, 2)]
    with pytest.raises(psycopg.errors.UniqueViolation):
        rows(shop, f"insert into trade.place select gen_random_uuid(), merchant_id, 'main' from trade.place where"
             f" merchant_id = '{shop.merchant_id}' returning 1")  # fmt: skip


async def test_what_lies_elsewhere_is_seen_and_not_sold(world: World) -> None:
    """People see the sum; orders are taken from the main place, and give back to it."""
    shop = await open_shop(world, stock=2)
    rows(
        shop,
        "with store as (insert into trade.place select gen_random_uuid(), merchant_id, 'store' from trade.place"
        " returning id), kept as (insert into trade.stock (sku_id, place_id, on_hand,"
        " available, reserved) select sku_id, store.id, 7, 7, 0 from trade.stock, store"
        " returning sku_id, place_id) insert into trade.stock_movement (sku_id, place_id, reason, subject_kind,"
        " subject_id, line, delta_available, delta_reserved, available, reserved, at, note)"
        " select sku_id, place_id, 'opening', 'sku', gen_random_uuid(), 1, 7, 0, 7, 0, now(), '' from kept returning 1",
    )
    buyer = await shop.shopper(1)
    assert (await buyer.try_order("solo", quantity=3)).status_code == 409
    order = await buyer.order("solo", quantity=2)
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 9, "available": 7, "reserved": 2}
    await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
    assert rows(shop, "select on_hand, available from trade.stock order by on_hand") == [(2, 2), (7, 7)]
    assert violations(world.environ["CHENGTUAN_DATABASE_URL"], settled=False) == []


@pytest.mark.damages
async def test_a_line_is_in_a_parcel_once_and_given_back_once_by_key(world: World) -> None:
    """And never both: an order with a parcel is none that was given up."""
    shop = await open_shop(world, stock=5)
    order = await (await shop.shopper(1)).order("solo", quantity=2)
    holding = Holding(UUID(order["id"]), 1, UUID(shop.sku_id), 2, None)
    other, parcel = Holding(uuid4(), 1, UUID(shop.sku_id), 1, None), uuid4()
    database = world.composition.running["trade"].database
    async with database.write() as tx:
        await reserve(tx, [other])
        await ship(tx, parcel, [holding], tx.clock.now())
        await release(tx, [other], tx.clock.now())
    with pytest.raises(psycopg.errors.UniqueViolation, match="uq_stock_movement_parcel"):
        async with database.write() as tx:
            await ship(tx, parcel, [holding], tx.clock.now())
    with pytest.raises(psycopg.errors.UniqueViolation, match="uq_stock_movement_subject"):
        async with database.write() as tx:
            await release(tx, [other], tx.clock.now())
    for status in ("cancelled", "refunding", "refunded"):
        with pytest.raises(psycopg.errors.CheckViolation, match="ck_shop_order_parcels"):
            rows(shop, f"update trade.shop_order set parcels = 1, status = '{status}' returning 1")
    for wrong in (replace(holding, line=2), replace(holding, order_id=uuid4())):
        with pytest.raises(psycopg.errors.NotNullViolation):
            async with database.write() as tx:
                await release(tx, [wrong], tx.clock.now())
    assert await shop.stock() == {"sku_id": shop.sku_id, "on_hand": 3, "available": 3, "reserved": 0}


async def test_lines_of_one_order_are_reserved_and_ended_together(world: World) -> None:
    """Also twice the same variant, in one statement: each movement says what it left behind."""
    shop = await open_shop(world, stock=9)
    order_id, sku_id = uuid4(), UUID(shop.sku_id)
    holdings = [Holding(order_id, line, sku_id, line, None) for line in (1, 2, 3)]
    async with world.composition.running["trade"].database.write() as tx:
        async with tx.pipelined():
            await reserve(tx, holdings)
        await ship(tx, uuid4(), holdings[:2], tx.clock.now())
        await release(tx, holdings[2:], tx.clock.now())
    assert [step(line)[:3] for line in await trace(shop)][:-1] == [
        ("released", 6, 6),
        ("shipped", 6, 3),
        ("shipped", 8, 3),
        ("reserved", 9, 3),
        ("reserved", 9, 6),
        ("reserved", 9, 8),
    ]


async def end_beside_another(shop: Shop) -> None:
    """Two orders end at once: the second one waits for the first, and goes on from what that left behind."""
    database = shop.world.composition.running["trade"].database
    one, other = (Holding(uuid4(), 1, UUID(shop.sku_id), 1, None) for _ in range(2))

    first_holds = asyncio.Event()

    async def give_back() -> None:
        await first_holds.wait()
        async with database.write() as tx:
            await release(tx, [other], tx.clock.now())

    async with database.write() as tx:
        await reserve(tx, [one, other])
    second = asyncio.create_task(give_back())
    async with database.write() as tx:
        await ship(tx, uuid4(), [one], tx.clock.now())
        first_holds.set()
        async with asyncio.timeout(10):
            while not rows(shop, "select 1 from pg_locks where not granted"):
                await asyncio.sleep(0)
    await second


async def test_movements_of_two_transactions_stand_in_the_order_of_their_locks(world: World) -> None:
    shop = await open_shop(world, stock=5)
    await end_beside_another(shop)
    assert [step(line)[:3] for line in await trace(shop)][:2] == [("released", 4, 4), ("shipped", 4, 3)]


@pytest.mark.damages
async def test_without_the_lock_a_movement_would_go_on_from_what_is_no_longer_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the sum is still right, because it is added to; the chain is not."""
    shop = await open_shop(world, stock=5)
    monkeypatch.setattr(ledger, "_END", ledger._END.replace("for no key update of s", ""))
    await end_beside_another(shop)
    found = violations(world.environ["CHENGTUAN_DATABASE_URL"], settled=False)
    assert [each.partition(":")[0] for each in found] == ["each movement of stock goes on from the one before"]
