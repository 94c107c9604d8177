"""A shop from before its shelf had cards: nothing is missing from the first look on."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery
from chengtuan.modules.trade.shelf.usecases.browse_shelf import browse_shelf
from chengtuan.modules.trade.shelf.usecases.refresh_cards import check_shelf_cards, refresh_cards
from chengtuan.platform.database import Database
from chengtuan.platform.events import OutboxWriter
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.migrations import migrate

pytestmark = pytest.mark.postgres


async def test_an_older_shelf_is_whole_before_its_cards_are_made(
    new_database: Callable[..., str], one_variant_orders: str, clock: MovableClock
) -> None:
    url = new_database(one_variant_orders)
    with psycopg.connect(url) as connection:
        listed = "select product_id from trade.listing where published order by 1"
        products = [row[0] for row in connection.execute(listed).fetchall()]
    migrate(url, MANIFESTS)
    database = Database(module="trade", conninfo=url, clock=clock, outbox=OutboxWriter({}), jobs=JobWriter())
    await database.open()
    ctx: Any = SimpleNamespace(database=database, clock=clock)
    try:
        first = await browse_shelf(ctx, ShelfQuery(), cursor=None, limit=100)
        assert sorted(card.product_id for card in first.items) == products
        assert all(card.behind for card in first.items)
        assert await check_shelf_cards(ctx) == 0, "all are marked"
        while await refresh_cards(ctx):
            pass
        again = await browse_shelf(ctx, ShelfQuery(), cursor=None, limit=100)
        assert [(card.product_id, card.solo_price_fen, card.activity_id, card.sold_out) for card in again.items] == [
            (card.product_id, card.solo_price_fen, card.activity_id, card.sold_out) for card in first.items
        ]
        assert not any(card.behind for card in again.items)
        found = await browse_shelf(ctx, ShelfQuery(text="miyou"), cursor=None, limit=100)
        assert "蜜柚" in {card.name.get("zh-Hant") for card in found.items}
    finally:
        await database.close()
