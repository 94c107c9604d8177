"""`python -m benchmarks.shelf`: pages of a large shelf beside those of a small one, taken in turns.

A page is read, made and written as JSON, as a request does it. Of both shelves as many cards are asked for as the small
one has, so that the difference is what looking among many costs.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import psycopg

from benchmarks.table import machine
from chengtuan.apps.embedded import Cluster
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.shelf.http import present, schemas
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery
from chengtuan.modules.trade.shelf.usecases.browse_shelf import browse_shelf
from chengtuan.modules.trade.shelf.usecases.refresh_cards import refresh_cards
from chengtuan.platform.database import Database
from chengtuan.platform.events import OutboxWriter
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.migrations import migrate
from tests.support.many_products import QUERIES, fill_shelf

_NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
_PAGE, _LAST_PAGE = 20, 95
_DEEP = "the 95th page"


@dataclass
class Shelf:
    """A database with so many products; `ctx` is what use cases of cards need of trade's context."""

    ctx: Any
    products: int
    times_ms: dict[str, list[float]] = field(default_factory=dict)

    async def page(self, query: ShelfQuery, limit: int, cursor: str | None = None) -> tuple[int, str | None]:
        page = await browse_shelf(self.ctx, query, cursor=cursor, limit=limit)
        items = [present.listing_card(card) for card in page.items]
        schemas.ListingPage(items=items, next_cursor=page.next_cursor, now=_NOW).model_dump_json()
        return len(items), page.next_cursor

    async def timed(self, name: str, query: ShelfQuery, limit: int, cursor: str | None = None) -> None:
        began = perf_counter()
        await self.page(query, limit, cursor)
        self.times_ms.setdefault(name, []).append((perf_counter() - began) * 1000)

    async def deep_cursor(self) -> str | None:
        cursor = None
        for _ in range(_LAST_PAGE - 1):
            _, cursor = await self.page(ShelfQuery(), _PAGE, cursor)
        return cursor


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shelf", description=__doc__)
    parser.add_argument("--products", type=int, nargs=2, default=[100, 100_000], metavar=("FEW", "MANY"))
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is read (default 40)")
    arguments = parser.parse_args(words)
    with cluster_for_a_while() as cluster:
        print(machine(cluster.programs.binaries.version), flush=True)
        asyncio.run(_compare(cluster, arguments.products, arguments.rounds))


@contextmanager
def cluster_for_a_while() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="chengtuan-shelf-") as folder:
        cluster = Cluster.for_data(Path(folder), password="only-here")
        cluster.init()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.remove()


async def _compare(cluster: Cluster, sizes: Sequence[int], rounds: int) -> None:
    async with AsyncExitStack() as stack:
        few, many = [await _filled(cluster, size, stack) for size in sizes]
        limits = {name: max(1, (await few.page(query, _PAGE))[0]) for name, query in QUERIES.items()}
        deep = await many.deep_cursor()
        for _ in range(rounds):
            for name, query in QUERIES.items():
                await few.timed(name, query, limits[name])
                await many.timed(name, query, limits[name])
            await few.timed(_DEEP, ShelfQuery(), _PAGE)
            await many.timed(_DEEP, ShelfQuery(), _PAGE, deep)
    print(f"\n{'p50 of a page, ms':<34} {few.products:>9,} {many.products:>9,} {'ratio':>6}")
    for name in few.times_ms:
        small, large = median(few.times_ms[name]), median(many.times_ms[name])
        print(f"{name:<34} {small:>9.2f} {large:>9.2f} {large / small:>6.2f}")


async def _filled(cluster: Cluster, products: int, stack: AsyncExitStack) -> Shelf:
    name = f"shelf_of_{products}"
    create_database(cluster, name)
    migrate(cluster.dsn(name), MANIFESTS)
    clock = MovableClock(_NOW)
    database = Database(
        module="trade", conninfo=cluster.dsn(name), clock=clock, outbox=OutboxWriter({}), jobs=JobWriter()
    )
    await database.open()
    stack.push_async_callback(database.close)
    shelf = Shelf(SimpleNamespace(database=database, clock=clock), products)
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        fill_shelf(connection, products, _NOW)
        began = perf_counter()
        while await refresh_cards(shelf.ctx):
            pass
        print(f"{products} cards made of marks in {perf_counter() - began:.1f} s", flush=True)
        for table in ("shelf_card", "shelf_mark", "listing"):
            connection.execute(f"vacuum analyze trade.{table}".encode())
    return shelf


if __name__ == "__main__":
    main()
