"""The shelf's cards: what they say is so at once, where they stand a moment later, and what nobody marked is found."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from chengtuan.modules.trade.shelf.rows import cards as card_rows
from chengtuan.modules.trade.shelf.usecases.refresh_cards import check_shelf_cards, refresh_cards
from tests.modules.trade.test_groups import fill
from tests.modules.trade.variants import PRODUCTS, document, edit
from tests.support.shop import Shop

LISTINGS = "/api/v1/trade/listings"


class Trade:
    """What the use cases of cards need of trade's context."""

    def __init__(self, shop: Shop) -> None:
        self.database = shop.world.composition.running["trade"].database
        self.clock = shop.world.clock


@contextmanager
def rows(shop: Shop) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("set search_path to trade")
        yield connection


def kept(shop: Shop) -> tuple[Any, ...] | None:
    with rows(shop) as connection:
        found = "select on_shelf, in_stock, price_rank, discount_rank, forming_rank, sold from shelf_card"
        return connection.execute(found).fetchone()


def marks(shop: Shop) -> int:
    with rows(shop) as connection:
        return int((connection.execute("select count(*) from shelf_mark").fetchone() or (0,))[0])


async def shown(shop: Shop) -> list[tuple[Any, ...]]:
    """What cards say: price alone, in a group, whether there is some, and how many the nearest group misses."""
    said = []
    for card in (await shop.world.client.get(LISTINGS)).json()["items"]:
        campaign, group = card["campaign"], card["nearest_group"]
        first = campaign["tiers"][0]["price_fen"] if campaign else None
        said.append((card["solo_price_fen"], first, not card["sold_out"], group and group["missing"]))
    return said


async def is_right(shop: Shop, said: list[tuple[Any, ...]]) -> None:
    """The card says it before it is made anew, and after; nothing differed that was not marked."""
    ctx: Any = Trade(shop)
    assert await shown(shop) == said
    assert await check_shelf_cards(ctx) == 0, "whatever differs is marked"
    while await refresh_cards(ctx):
        pass
    assert marks(shop) == 0
    assert await shown(shop) == said
    assert await check_shelf_cards(ctx) == 0


async def quietly(happens: Callable[[], Awaitable[object]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes on, but no card is made."""
    with monkeypatch.context() as patch:

        async def nobody(_: Any) -> bool:
            return False

        patch.setattr(card_rows, "try_lock_cards", nobody)
        await happens()


async def test_a_card_says_at_once_what_is_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    now = shop.world.clock.now()
    await is_right(shop, [(10000, None, True, None)])

    async def dearer() -> None:
        body = await document(shop)
        await edit(shop, body | {"skus": [body["skus"][0] | {"solo_price_fen": 12000}]})

    await quietly(dearer, monkeypatch)
    await is_right(shop, [(12000, None, True, None)])

    begins = (now + timedelta(hours=1)).isoformat()
    ends = (now + timedelta(hours=5)).isoformat()
    campaign = await shop.campaign([3], [9000], starts_at=begins, ends_at=ends, stock_cap=4)
    await is_right(shop, [(12000, None, True, None)])
    shop.world.clock.advance(timedelta(hours=1))  # by the clock alone
    await is_right(shop, [(12000, 9000, True, None)])
    assert kept(shop) == (True, True, 9000, 750, 1000000, 0)

    groups: list[str] = []

    async def opens() -> None:
        group_id, _ = await fill(shop, campaign, 1)
        groups.append(group_id)

    await quietly(opens, monkeypatch)
    await is_right(shop, [(12000, 9000, True, 2)])
    second, third = await shop.shopper(2), await shop.shopper(3)
    await quietly(lambda: second.join(groups[0]), monkeypatch)
    assert marks(shop) == 0, "a seat that is held changes nothing on the shelf"
    order = await third.join(groups[0])
    await is_right(shop, [(12000, 9000, True, None)])  # no seat is free
    await quietly(lambda: third.pay(order["id"]), monkeypatch)
    shop.world.clock.advance(timedelta(minutes=20))
    await quietly(shop.world.settle, monkeypatch)  # the second one's hold ran out
    await is_right(shop, [(12000, 9000, True, 1)])
    shop.world.clock.advance(timedelta(hours=1))  # the group's deadline, seen before anybody closes it
    for asked in ({"joinable": "true"}, {"missing_at_most": "1"}):
        assert (await shop.world.client.get(LISTINGS, params=asked)).json()["items"] == []
    await is_right(shop, [(12000, 9000, True, None)])
    await quietly(shop.world.settle, monkeypatch)
    await is_right(shop, [(12000, 9000, True, None)])

    await quietly(lambda: shop.set_stock(0), monkeypatch)
    await is_right(shop, [(12000, None, False, None)])
    await quietly(lambda: shop.set_stock(5), monkeypatch)
    await is_right(shop, [(12000, 9000, True, None)])

    shop.world.clock.advance(timedelta(hours=3))  # the campaign's end
    await is_right(shop, [(12000, None, True, None)])
    again = await shop.campaign([2], [8000], stock_cap=1)
    await is_right(shop, [(12000, 8000, True, None)])
    await second.open(again)  # the last one under its cap
    await is_right(shop, [(12000, None, True, None)])
    await shop.merchant.post(f"{PRODUCTS}/{shop.product_id}/unpublish")
    await quietly(shop.world.settle, monkeypatch)
    await is_right(shop, [])


async def test_a_group_that_needs_nobody_is_not_the_nearest(shop: Shop) -> None:
    """More may join it, and it would be cheaper for nobody."""
    group_id, _ = await fill(shop, await shop.campaign([2, 3], [9000, 8000], overflow=True), 2)
    await is_right(shop, [(10000, 9000, True, 1)])
    third = await shop.shopper(3)
    await third.pay((await third.join(group_id))["id"])
    await is_right(shop, [(10000, 9000, True, None)])


async def test_a_wrong_card_is_found_repaired_and_counted(shop: Shop) -> None:
    ctx: Any = Trade(shop)
    await shop.world.settle()
    right = kept(shop)
    with rows(shop) as connection:
        connection.execute("update shelf_card set price_rank = 1, forming_rank = 1, in_stock = false")
        assert kept(shop) != right
        assert await check_shelf_cards(ctx) == 1
        assert kept(shop) == right
        connection.execute("delete from shelf_card")
        assert await check_shelf_cards(ctx) == 1
        assert kept(shop) == right
        found = connection.execute("select checked, repaired from shelf_check order by id desc limit 1").fetchone()
        assert found == (1, 1)
        for days, remembered in ((30, 3), (1, 2)):  # a check is remembered for so long
            shop.world.clock.advance(timedelta(days=days))
            await check_shelf_cards(ctx)
            assert connection.execute("select count(*) from shelf_check").fetchone() == (remembered,)


@pytest.mark.parametrize(
    ("table", "trigger", "change"),
    [
        ("listing", "shelf_listing", "update listing set sold = sold + 1"),
        ("listing_sku", "shelf_sku", "update listing_sku set solo_price_fen = 20000"),
        ("stock", "shelf_stock", "update stock set on_hand = reserved, available = 0"),
        ("activity", "shelf_activity", "update activity set stopped_at = created_at"),
        ("buy_group", "shelf_group", "update buy_group set status = 'failed', fail_reason = 'timeout'"),
    ],
)
@pytest.mark.damages
async def test_every_change_of_a_card_is_marked_by_its_table(shop: Shop, table: str, trigger: str, change: str) -> None:
    """And without the trigger the check finds it: the control of both."""
    ctx: Any = Trade(shop)
    await fill(shop, await shop.campaign([3], [9000]), 1)
    with rows(shop) as connection:
        connection.execute(f"begin; {change}".encode())
        count = "select count(*) from shelf_mark"
        assert connection.execute(count).fetchone() == (1,)
        connection.execute("rollback")
        assert connection.execute(count).fetchone() == (0,)
        connection.execute(f"alter table {table} disable trigger {trigger}".encode())
        try:
            connection.execute(change.encode())
        finally:
            connection.execute(f"alter table {table} enable trigger {trigger}".encode())
    assert await refresh_cards(ctx) == 0
    assert await check_shelf_cards(ctx) == 1


async def test_orders_wait_for_nobody_who_makes_cards(shop: Shop) -> None:
    """The cards are locked all the while; neither who orders nor who pays notices."""
    campaign = await shop.campaign([2], [9000])
    await shop.world.settle()
    with rows(shop) as connection:
        connection.execute("begin; select pg_advisory_xact_lock(hashtextextended('trade.shelf', 0))")
        connection.execute("select from shelf_card for update; delete from shelf_mark")
        buyer, other = await shop.shopper(1), await shop.shopper(2)
        order = await buyer.open(campaign)
        await buyer.pay(order["id"])
        group_id = (await buyer.see(order["id"]))["group"]["id"]
        last = await other.join(group_id)
        await other.pay(last["id"])
        assert (await other.see(last["id"]))["status"] == "to_ship"
        assert marks(shop) > 0, "two who sell the same thing mark it twice, and do not meet"
        connection.execute("rollback")
    await shop.world.settle()
    assert (marks(shop), (kept(shop) or ())[-1]) == (0, 2)


async def test_one_process_at_a_time_makes_cards(shop: Shop) -> None:
    ctx: Any = Trade(shop)
    await shop.world.settle()
    with rows(shop) as connection:
        connection.execute("update listing set sold = 5")
        connection.execute("begin; select pg_advisory_xact_lock(hashtextextended('trade.shelf', 0))")
        assert await refresh_cards(ctx) == 0
        connection.execute("rollback")
    assert await refresh_cards(ctx) == 1
    assert (kept(shop) or ())[-1] == 5
    assert await refresh_cards(ctx) == 0
