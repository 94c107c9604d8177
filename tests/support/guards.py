"""Takes guards out of a database for as long as a control needs, and puts them back; or sees that one holds."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, TypeVar

import psycopg

from tests.support.rows import empty_tables

T = TypeVar("T")

SEATS = ("trade.buy_group", "ck_buy_group_seats")
STOCK = ("trade.stock", "ck_stock_equation")
CAP = ("trade.activity", "ck_activity_cap")
FLASH = ("trade.flash_stock", "ck_flash_stock_units")
ONE_SEAT = "trade.uq_seat_active"


@contextlib.contextmanager
def without_checks(database_url: str, *checks: tuple[str, str]) -> Iterator[None]:
    """Without these CHECK constraints, named by table; afterwards the tables are empty."""
    query = "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and conname = %s"
    saved = [(table, name, _one(database_url, query, table, name)) for table, name in checks]
    _run(database_url, [f"alter table {table} drop constraint {name}" for table, name, _ in saved])
    try:
        yield
    finally:
        empty_tables(database_url)
        _run(database_url, [f"alter table {table} add constraint {name} {check}" for table, name, check in saved])


@contextlib.contextmanager
def without_index(database_url: str, index: str) -> Iterator[None]:
    """Without this unique index, named with its schema; afterwards the tables are empty."""
    definition = _one(database_url, "select pg_get_indexdef(%s::regclass)", index)
    _run(database_url, [f"drop index {index}"])
    try:
        yield
    finally:
        empty_tables(database_url)
        _run(database_url, [definition])


async def until_held_up(database_url: str, by_itself: asyncio.Event) -> None:
    """Until a session waits for a lock of another one, or what would wait has gone through: nobody chooses a moment."""
    waits = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with psycopg.connect(database_url, autocommit=True) as looker:
        while not by_itself.is_set() and looker.execute(waits).fetchone() is None:
            await asyncio.sleep(0.005)


async def after_waiting(database_url: str, lock: str, *values: object, asked: Coroutine[Any, Any, T]) -> T:
    """The answer to what is `asked` while somebody holds `lock`, a statement; fails if it does not wait for them."""
    waits = "select 1 from pg_locks where not granted"
    with psycopg.connect(database_url) as holder, psycopg.connect(database_url, autocommit=True) as looker:
        holder.execute(lock.encode(), values)
        task = asyncio.create_task(asked)
        while looker.execute(waits).fetchone() is None:
            assert not task.done(), "it waited for nobody"
            await asyncio.sleep(0.01)
    return await task


def _one(database_url: str, query: str, *values: str) -> str:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    assert row is not None, f"there is no such guard: {values}"
    return str(row[0])


def _run(database_url: str, statements: Sequence[str]) -> None:
    with psycopg.connect(database_url) as connection:
        for statement in statements:
            connection.execute(statement.encode())
