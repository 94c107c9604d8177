"""No list, count or search of the console looks at more than it shows, however many orders there are.

Counted by the database itself, in a shop of some thousand orders: what looks at few of those does at any number.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from benchmarks.growth.fill import Size, fill_town
from benchmarks.growth.people import made_id
from chengtuan.kernel.search import words_of
from chengtuan.modules.catalog.products.rows import products as catalog
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import ledger, ledger_sums, notices
from chengtuan.modules.payments.rows import refunds as returns
from chengtuan.modules.payments.usecases.add_up_ledger import add_up_ledger
from chengtuan.modules.trade.activities.rows import activities, narrowing
from chengtuan.modules.trade.activities.rows.narrowing import Narrow
from chengtuan.modules.trade.admission.rows.facts.activities import ROWS
from chengtuan.modules.trade.flash.rows import sales
from chengtuan.modules.trade.freight.rows import products
from chengtuan.modules.trade.groups.rows import views as groups
from chengtuan.modules.trade.orders.rows import search
from chengtuan.modules.trade.orders.rows import views as orders
from chengtuan.modules.trade.orders.rows.search_keys import WantedKeys
from chengtuan.modules.trade.orders.rules.query import OrderQuery
from chengtuan.modules.trade.refunds import rows as refunds
from chengtuan.modules.trade.shelf.rows import browse, cards, offers
from chengtuan.modules.trade.states import ActivityKind, GroupStatus, OrderStatus, RefundStatus
from chengtuan.platform.permissions import AllMerchants, OneMerchant, Scope
from tests.support.world import World

_SIZE = Size(products=600, orders=4000, hot_groups=300)
_PAGE = 3
_MOST = 400
"""Rows of one table that a page may look at: a page of each state, and what it leads to. Counts stop at ten."""
_FEW = {"groups to join": 20, "count of groups to join": 20, "a card": 120, "catalog: products that nobody sells": 5}
_FEW |= {"campaigns": 20, "campaigns that nobody made": 20, "flash sales": 8}
"""Where there is less to look at: a page of groups, those that a card chooses from, a merchant's own products."""
_TABLES = {"shop_order", "order_line", "order_search", "buy_group", "seat", "refund", "entry", "notice", "activity"} | {
    "listing",
    "shelf_card",
    "stock_movement",
    "product",
}
_EVERY = [str(status) for status in OrderStatus]
HOT_PRODUCT = made_id("a", 3)

Look = Callable[[Any, Scope], Awaitable[Any]]


class Watched:
    """A session that counts what its statements look at."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.looked_at = dict.fromkeys(_TABLES, 0)

    async def fetch_all(self, kind: Any, sql: Any, params: Any = (), **_: Any) -> list[Any]:
        self._explain(sql, params)
        cursor = self._connection.cursor(row_factory=psycopg.rows.dict_row)
        return [kind(**row) for row in cursor.execute(sql, params).fetchall()]

    async def fetch_tuples(self, sql: Any, params: Any = ()) -> list[Any]:
        self._explain(sql, params)
        return self._connection.execute(sql, params).fetchall()

    async def fetch_value(self, sql: Any, params: Any = ()) -> Any:
        return (await self.fetch_tuples(sql, params))[0][0]

    def _explain(self, sql: Any, params: Any) -> None:
        found = self._connection.execute(
            f"explain (analyze, timing off, format json) {sql}".encode(), params
        ).fetchone()
        assert found is not None
        for node in _nodes(found[0][0]["Plan"]):
            if (table := node.get("Relation Name")) in _TABLES:
                passed_over = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                self.looked_at[table] += int((node["Actual Rows"] + passed_over) * node["Actual Loops"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


LOOKS: dict[str, Look] = {
    "orders": lambda db, scope: orders.list_orders_in_scope(db, scope=scope, statuses=_EVERY, before=None, limit=_PAGE),
    "orders of two states": lambda db, scope: orders.list_orders_in_scope(
        db, scope=scope, statuses=["shipped", "completed"], before=None, limit=_PAGE
    ),
    "orders to ship": lambda db, scope: orders.list_orders_to_ship(db, scope=scope, after=None, limit=_PAGE),
    "counts of orders": lambda db, scope: orders.count_orders_in_scope(db, scope, _EVERY),
    "orders by number": lambda db, scope: search.find_orders_by_query(
        db,
        scope=scope,
        query=OrderQuery("00000000001234", (), (), (), None, ()),
        keys=WantedKeys((), (), ()),
        statuses=None,
        before=None,
        limit=_PAGE,
    ),
    "groups": lambda db, scope: groups.list_merchant_groups(
        db, scope=scope, statuses=list(GroupStatus), activity_id=None, before=None, limit=_PAGE
    ),
    "groups that failed": lambda db, scope: groups.list_merchant_groups(
        db, scope=scope, statuses=["failed"], activity_id=None, before=None, limit=_PAGE
    ),
    "open groups": lambda db, scope: groups.list_open_groups(
        db, scope=scope, activity_id=None, after=None, limit=_PAGE
    ),
    "counts of groups": groups.count_groups,
    "refunds": lambda db, scope: refunds.list_refunds(db, scope, statuses=list(RefundStatus), beyond=None, limit=_PAGE),
    "refunds under way": lambda db, scope: refunds.list_waiting_refunds(
        db, scope, statuses=["planned", "submitted"], beyond=None, limit=_PAGE
    ),
    "payments: ledger": lambda db, scope: ledger.list_transactions(
        db, scope, ledger.Wanted(purpose=None, subject_id=None, before=None, limit=_PAGE)
    ),
    "payments: balances": ledger_sums.list_balances,
    "payments: abnormal refunds": returns.count_abnormal_refunds,
    "payments: notices that fit nothing": lambda db, _: notices.count_open_notices(db),
    "freight of products": lambda db, scope: products.list_products(
        db, scope, products.ProductsWanted(), after=None, limit=_PAGE
    ),
    "freight of products that nobody sells": lambda db, scope: products.list_products(
        db, scope, products.ProductsWanted(text="鑽石"), after=None, limit=_PAGE
    ),
}


def module_of(look: str) -> str:
    module, found, _ = look.partition(": ")
    return module if found else "trade"


async def products_named(db: Any, text: str) -> Any:
    return await catalog.list_products(db, made_id("c", 7), words=words_of(text), before=None, limit=_PAGE)


def activities_shown(db: Any, scope: Scope, kind: ActivityKind, text: str = "") -> Awaitable[Any]:
    narrow = Narrow(scope=scope, now=datetime.now(UTC), words=words_of(text))
    if kind is ActivityKind.FLASH:
        return sales.list_sales(db, narrow, before=None, limit=_PAGE)
    return activities.list_activities(db, narrow, before=None, limit=_PAGE)


async def looked_at(connection: psycopg.Connection[Any], look: Look, scope: Scope) -> int:
    """Rows of the table that was read most."""
    watched = Watched(connection)
    await look(watched, scope)
    return max(watched.looked_at.values())


def anything_due(db: Any, _: Scope) -> Awaitable[Any]:
    return cards.anything_due(db, datetime.now(UTC))


LOOKS |= {
    "due cards": anything_due,
    "groups to join": lambda db, _: offers.joinable_groups(db, HOT_PRODUCT, datetime.now(UTC), after=None, limit=_PAGE),
    "count of groups to join": lambda db, _: offers.count_joinable_groups(db, HOT_PRODUCT, datetime.now(UTC)),
    "catalog: products by name": lambda db, _: products_named(db, "蘋果"),
    "catalog: products that nobody sells": lambda db, _: products_named(db, "鑽石"),
    "campaigns": lambda db, scope: activities_shown(db, scope, ActivityKind.GROUP),
    "campaigns by name": lambda db, scope: activities_shown(db, scope, ActivityKind.GROUP, "蘋果"),
    "campaigns that nobody made": lambda db, scope: activities_shown(db, scope, ActivityKind.GROUP, "鑽石"),
    "flash sales": lambda db, scope: activities_shown(db, scope, ActivityKind.FLASH),
    "flash sales by name": lambda db, scope: activities_shown(db, scope, ActivityKind.FLASH, "蘋果"),
    "a card": lambda db, _: browse.cards_of(db, [HOT_PRODUCT], datetime.now(UTC)),
    "terms to buy by": lambda db, _: db.fetch_all(
        ROWS.kind, ROWS.sql, {"activities": [made_id("d", 3)], "groups": [made_id("d", 3)]}
    ),
}
_FLASH_SALES = """
-- older than all campaigns: whoever walks over those walks far
insert into trade.activity (id, merchant_id, product_id, kind, name, starts_at, ends_at, per_user_limit,
    eligibility, terms, created_at)
select ('00000000' || right(id::text, 28))::uuid, merchant_id, product_id, 'flash', name, starts_at, ends_at, 1,
    eligibility, '{"kind": "flash"}', created_at from trade.activity;
analyze trade.activity
"""
_CONTROLS = [
    ("ix_buy_group_activity_ends_next", "groups to join"),
    ("ix_buy_group_activity_ends_next", "a card"),
    ("ix_activity_newest", "flash sales"),
    ("ix_activity_grams", "campaigns that nobody made"),
    ("ix_product_grams", "catalog: products that nobody sells"),
]


@pytest.mark.damages
async def test_no_look_reads_more_than_it_shows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "_AT_THE_FRONT", 10)
    for module in (orders, groups, offers):
        monkeypatch.setattr(module, "MOST_COUNTED", 10)
    url, payments = world.environ["CHENGTUAN_DATABASE_URL"], world.composition.running["payments"].database
    await asyncio.to_thread(fill_town, url, world.composition.keys, _SIZE, datetime.now(UTC))
    await add_up_ledger(cast("PaymentsContext", SimpleNamespace(database=payments)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set random_page_cost = 1.1")  # so that small tables are read as large ones are
        connection.execute(_FLASH_SALES)
        row = connection.execute(
            "select merchant_id from trade.shop_order group by 1 order by count(*) desc limit 1"
        ).fetchone()
        assert row
        found = {}
        for name, look in LOOKS.items():
            connection.execute(f"set search_path to {module_of(name)}".encode())
            for scope in (OneMerchant(row[0]), AllMerchants()):
                found[name, type(scope).__name__] = await looked_at(connection, look, scope)
        assert {name: rows for name, rows in found.items() if rows > _FEW.get(name[0], _MOST)} == {}

        connection.execute("set search_path to trade; begin; drop index ix_shop_order_status")
        control = await looked_at(connection, LOOKS["orders of two states"], AllMerchants())
        connection.execute("rollback")
        assert control > _MOST, "without the index of a state all orders are looked at"

        for index, name in _CONTROLS:
            connection.execute(f"set search_path to {module_of(name)}; begin; drop index {index}".encode())
            control = await looked_at(connection, LOOKS[name], AllMerchants())
            connection.execute("rollback")
            assert control > 2 * _FEW[name], f"{name} without {index}"


pytestmark = pytest.mark.postgres
