"""A town of any size: products on the shelf, people, a year of their orders, and groups that are open.

All is written by statements that make rows by their numbers, past triggers and foreign keys, and indexes are made
afterwards: a million orders take minutes. Every order has what it leaves in the modules: lines, payment, ledger,
stock, parcels, notices, events, jobs.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

import psycopg

from chengtuan.kernel.clock import SystemClock
from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.trade.orders.rows.sealing import seal_address
from chengtuan.modules.trade.orders.rows.search_keys import keys_of_recipient
from chengtuan.modules.trade.shelf.rows import cards
from chengtuan.platform.archive import month_of
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.events import OutboxWriter
from chengtuan.platform.jobs import JobWriter
from tests.support.many_products import fill_shelf

MERCHANTS = 20
ORDERS_OF_A_PERSON = 10
_AT_ONCE = 250_000
_CARDS_AT_ONCE = 5000
_SCHEMAS = ["trade", "payments", "fulfilment", "messaging", "catalog", "accounts", "merchants"]
_MADE = (
    "create or replace function pg_temp.made(kind text, n bigint, at timestamptz) returns uuid"
    " language sql immutable as $$ select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0')"
    " || '7' || kind || '8' || lpad(to_hex(n), 15, '0'))::uuid $$"
)
_INDEXES = (
    "select i.schemaname, i.tablename, i.indexname, i.indexdef from pg_indexes i where i.schemaname = any(%s)"
    " and i.tablename not like 'event_archive%%' and not exists (select from pg_constraint c"
    " join pg_class k on k.oid = c.conindid join pg_namespace s on s.oid = k.relnamespace"
    " where k.relname = i.indexname and s.nspname = i.schemaname)"
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a town is. A ninth of its products has an open group, and one product has `hot_groups` more."""

    products: int
    orders: int
    hot_groups: int

    @property
    def people(self) -> int:
        return self.orders // ORDERS_OF_A_PERSON

    def __str__(self) -> str:
        return f"{short(self.products)} products, {short(self.orders)} orders"


def short(number: int) -> str:
    """1000000 as 1 M."""
    for factor, letter in ((1_000_000, " M"), (1000, " k")):
        if number >= factor:
            return f"{number / factor:g}{letter}"
    return str(number)


def recipient(person: int) -> Address:
    """Whom a person's orders go to."""
    return Address(
        name=f"收件人{person}",
        phone=f"+86139{person:08d}",
        province_code="440000",
        province="廣東省",
        city="深圳市",
        district="南山區",
        detail="科技園 1 號",
    )


def fill_town(database_url: str, keys: KeyRing, size: Size, now: datetime) -> None:
    """Into an empty installation."""
    with psycopg.connect(database_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("set session_replication_role = replica; set synchronous_commit = off")
        connection.execute("set maintenance_work_mem = '512MB'; set work_mem = '128MB'")
        with _without_indexes(connection, of_cards=True):
            with _without_indexes(connection, of_cards=False):
                fill_shelf(connection, size.products, now, merchants=MERCHANTS)
                _fill_rest(connection, keys, size, now)
            connection.execute("analyze")
            asyncio.run(_make_cards(database_url, now))
        connection.execute("vacuum (analyze, freeze)")


def _fill_rest(connection: psycopg.Connection[Any], keys: KeyRing, size: Size, now: datetime) -> None:
    connection.execute(_MADE)
    values = {
        "now": now,
        "products": size.products,
        "orders": size.orders,
        "people": size.people,
        "hot_groups": size.hot_groups,
    }
    _add_months(connection, now)
    _add_recipients(connection, keys, size.people)
    _run(connection, "goods", values)
    for first in range(0, size.orders, _AT_ONCE):
        chunk = values | {"first": first, "until": min(first + _AT_ONCE, size.orders)}
        _run(connection, "history", chunk)
        _run(connection, "orders", chunk)
        print(f"{size}: {chunk['until']} orders", flush=True)
    _run(connection, "open_groups", values | {"first": size.orders})
    _run(connection, "orders", values)
    _run(connection, "stock", values)


def _run(connection: psycopg.Connection[Any], name: str, values: dict[str, Any]) -> None:
    text = files("benchmarks.growth").joinpath(f"{name}.sql").read_text()
    for statement in text.split(";\n"):
        if statement.strip():
            connection.execute(statement.encode(), values)


def _add_months(connection: psycopg.Connection[Any], now: datetime) -> None:
    """The archive of events has its months, as the sweep keeps them."""
    for back in range(-13, 3):
        month, after = month_of(now, later=back), month_of(now, later=back + 1)
        connection.execute(
            f"create table if not exists trade.event_archive_{month:%Y_%m} partition of trade.event_archive"
            f" for values from ('{month.isoformat()}') to ('{after.isoformat()}')".encode()
        )


def _add_recipients(connection: psycopg.Connection[Any], keys: KeyRing, people: int) -> None:
    connection.execute(
        "create temp table recipient (person bigint primary key, address bytea, phone bytea, tail bytea, name bytea)"
    )
    sealed = seal_address(keys, recipient(1))  # what is never opened one by one may be the same
    with connection.cursor().copy("copy recipient from stdin (format binary)") as copy:
        copy.set_types(["int8", "bytea", "bytea", "bytea", "bytea"])
        for person in range(1, people + 1):
            found = keys_of_recipient(keys, recipient(person))
            copy.write_row((person, sealed, found.phone, found.phone_tail, found.name))
    connection.execute("analyze recipient")


@contextmanager
def _without_indexes(connection: psycopg.Connection[Any], *, of_cards: bool) -> Iterator[None]:
    """Inside no index is kept that no constraint has, of the shelf's cards or of everything else."""
    every = connection.execute(_INDEXES, (_SCHEMAS,)).fetchall()
    found = [row for row in every if (row[1] == "shelf_card") is of_cards]
    for schema, _, name, _ in found:
        connection.execute(f'drop index {schema}."{name}"'.encode())
    yield
    for _, _, _, definition in found:
        connection.execute(definition.encode())


async def _make_cards(database_url: str, now: datetime) -> None:
    """The shelf's cards, as the product makes them of its marks."""
    database = Database(
        module="trade", conninfo=database_url, clock=SystemClock(), outbox=OutboxWriter({}), jobs=JobWriter()
    )
    await database.open()
    try:
        async with database.read() as db:
            ids = [row[0] for row in await db.fetch_tuples("select product_id from listing order by number")]
        for first in range(0, len(ids), _CARDS_AT_ONCE):
            async with database.write() as tx:
                await cards.write_cards(tx, set(ids[first : first + _CARDS_AT_ONCE]), now)
    finally:
        await database.close()
