"""The database takes no writes, its disk is full, everybody is thrown out: afterwards all goes on by itself.

The server's log is a full disk all the while: nothing may fail because nobody could be told of it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql

from tests.faults.customers import Customers
from tests.faults.system import LEASE, System

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.postgres]
OUTAGE_S = 2.5
_SCHEMAS = ("accounts", "catalog", "fulfilment", "messaging", "payments", "trade")


@dataclass
class Watch:
    """What `/healthz` said, and answers that no client should ever get."""

    system: System
    statuses: list[int] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    async def run(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    answer = await http.get(f"{self.system.shop_url}/healthz")
                    self.statuses.append(answer.status_code)
                    if answer.status_code == 503:
                        self.down |= {part["name"] for part in answer.json()["parts"] if not part["ok"]}
                await asyncio.sleep(0.05)

    async def noticed(self, again: Callable[[], None]) -> None:
        """Until `/healthz` says that background work cannot go on. Raises AssertionError if it never does.

        What is over at once happens `again`: nobody may have looked in that moment.
        """
        try:
            async with asyncio.timeout(40):
                while not any(name.startswith(("jobs", "relay")) for name in self.down):
                    await asyncio.sleep(0.5)
                    again()
        except TimeoutError:
            raise AssertionError(f"nobody noticed; down were {self.down}, the answers {set(self.statuses)}") from None

    async def green(self) -> None:
        async with asyncio.timeout(40), httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while (await http.get(f"{self.system.shop_url}/healthz")).status_code != 200:
                await asyncio.sleep(0.1)


def _lasts() -> None:
    """Nothing need happen again: it lasts until its end."""


@contextlib.contextmanager
def read_only(system: System) -> Iterator[Callable[[], None]]:
    """What a failover does: everybody is thrown out, and the server that they find takes no writes."""
    with psycopg.connect(system.url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute("set default_transaction_read_only = off")
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(name))
        throw_out(connection)
        yield _lasts
        connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(name))


@contextlib.contextmanager
def disk_full(system: System) -> Iterator[Callable[[], None]]:
    """What PostgreSQL says when a table cannot grow any more: 53100 for every new or changed row."""
    with psycopg.connect(system.url, autocommit=True) as connection:
        connection.execute(
            "create function public.no_room() returns trigger language plpgsql as $$ begin"
            " raise 'could not extend file: No space left on device' using errcode = '53100'; end $$"
        )
        tables = [sql.Identifier(schema, table) for schema in _SCHEMAS for table in ("outbox", "inbox", "job")]
        for table in tables:
            connection.execute(
                sql.SQL(
                    "create trigger no_room before insert or update on {} execute function public.no_room()"
                ).format(table)
            )
        yield _lasts
        connection.execute("drop function public.no_room cascade")


@contextlib.contextmanager
def thrown_out(system: System) -> Iterator[Callable[[], None]]:
    """An administrator ends every session, and those that come instead a moment later, once or more."""
    with psycopg.connect(system.url, autocommit=True) as connection:
        throw_out(connection)
        yield lambda: throw_out(connection)
        throw_out(connection)


def throw_out(connection: psycopg.Connection) -> None:
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )


@pytest.fixture
async def watch(system: System) -> AsyncIterator[Watch]:
    watch = Watch(system)
    task = asyncio.create_task(watch.run())
    yield watch
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def quiet(system: System) -> AsyncIterator[None]:
    """The server writes its log onto a full disk."""
    await system.kill_server()
    await system.start_server(log=Path("/dev/full"))
    yield
    await system.kill_server()
    await system.start_server()


@pytest.mark.usefixtures("quiet")
@pytest.mark.feature("X4")
async def test_whatever_the_database_refuses_everything_goes_on_by_itself(
    system: System, customers: Customers, watch: Watch
) -> None:
    for number, outage in enumerate((read_only, disk_full, thrown_out)):
        product = system.products[number]
        before, meanwhile, after = (system.crowd(4) for _ in range(3))
        await asyncio.gather(*(customers.buy(member, product, "solo") for member in before))
        watch.down.clear()
        with outage(system) as again:
            buying = asyncio.gather(*(customers.buy(member, product, "solo") for member in meanwhile))
            system.move_clock(LEASE)  # there are jobs to do, and they cannot be done
            await asyncio.gather(watch.noticed(again), asyncio.sleep(OUTAGE_S))
        await buying
        await watch.green()
        await asyncio.gather(*(customers.buy(member, product, "solo") for member in after))
        paid = (
            "select count(*) from trade.shop_order o join trade.order_line l on l.order_id = o.id"
            " where l.product_id = %s and o.status = 'to_ship'"
        )
        await system.eventually(lambda: system.rows(paid, product.product_id) == [(12,)], move=LEASE, within_s=40)  # noqa: B023
    assert customers.refusals == [], "an outage is 503 with a problem document and Retry-After, and nothing else"
    unsent = " union all ".join(f"select count(*) from {schema}.outbox" for schema in _SCHEMAS)
    await system.eventually(lambda: {count for (count,) in system.rows(unsent)} == {0})
    await system.sound()
    customers.nothing_is_lost()
