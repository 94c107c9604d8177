"""No order, filter or search of the shelf looks at all of it: counted by the database itself."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from chengtuan.modules.trade.shelf.rows import browse, cards
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery
from tests.support.many_products import QUERIES, fill_shelf
from tests.support.world import World

PRODUCTS = 3000
_TABLES = {"shelf_card", "listing"}


class Watched:
    """A session that also asks for the plan of whatever it is asked."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.looked_at = dict.fromkeys(_TABLES, 0)

    async def fetch_all(self, kind: Any, sql: Any, params: Any, *, prepare: bool | None = None) -> list[Any]:
        self._explain(sql, params)
        with self._connection.cursor(row_factory=psycopg.rows.class_row(kind)) as cursor:
            return cursor.execute(sql, params).fetchall()

    def _explain(self, sql: str, params: Any) -> None:
        found = self._connection.execute(f"explain (analyze, format json) {sql}".encode(), params).fetchone()
        assert found is not None
        for node in _nodes(found[0][0]["Plan"]):
            table = node.get("Relation Name")
            if table in _TABLES:
                passed_over = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                self.looked_at[table] += int((node["Actual Rows"] + passed_over) * node["Actual Loops"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


async def looked_at(connection: psycopg.Connection[Any], world: World, query: ShelfQuery) -> int:
    """Rows of the table that was read most for a page, also those that were read for nothing."""
    watched: Any = Watched(connection)
    await browse.list_shelf(watched, query, now=world.clock.now(), seen=[], limit=21)
    return int(max(watched.looked_at.values()))


@pytest.mark.damages
async def test_no_look_at_the_shelf_reads_all_of_it(world: World) -> None:
    trade = world.composition.running["trade"].database
    with psycopg.connect(world.environ["CHENGTUAN_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("set search_path to trade")
        fill_shelf(connection, PRODUCTS, world.clock.now())
        async with trade.write() as tx:
            every = {row[0] for row in await tx.fetch_tuples("select product_id from listing")}
            assert await cards.write_cards(tx, every, world.clock.now()) == PRODUCTS
        connection.execute("delete from shelf_mark")
        connection.execute("vacuum analyze shelf_card")
        found = {name: await looked_at(connection, world, query) for name, query in QUERIES.items()}
        assert {name: count for name, count in found.items() if count > PRODUCTS / 2} == {}

        connection.execute("begin; drop index ix_shelf_card_newest")
        assert await looked_at(connection, world, ShelfQuery(sort="newest")) >= PRODUCTS, "the control"
        connection.execute("rollback")


pytestmark = pytest.mark.postgres
