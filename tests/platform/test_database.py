"""Nobody waits for PostgreSQL longer than they were promised, and nobody is given a dead connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform import connections, deadline
from chengtuan.platform.database import Database, WriteSession
from tests.platform.bench import CONSUMER, OTHER, database
from tests.platform.quiet_line import QuietLine, quiet_line

PATIENCE_S = 20
"""Far more than any limit below: reaching it means that nothing ended the waiting."""


@pytest.fixture
async def line(database_url: str) -> AsyncIterator[QuietLine]:
    async with quiet_line(database_url) as line:
        yield line


@pytest.fixture
async def behind(line: QuietLine, clock: MovableClock) -> AsyncIterator[Database]:
    """A database behind the line."""
    db = database(line.conninfo, clock, CONSUMER)
    await db.open()
    yield db
    line.open.set()
    await db.close()


async def one(db: Database) -> int:
    async with db.read() as session:
        return int(await session.fetch_value("select 1"))


async def backend(db: Database) -> int:
    async with db.read() as session:
        return int(await session.fetch_value("select pg_backend_pid()"))


async def test_a_silent_server_is_given_up_in_time_and_the_connection_with_it(
    behind: Database, line: QuietLine
) -> None:
    before = await backend(behind)
    line.open.clear()
    async with asyncio.timeout(PATIENCE_S):
        for session in (behind.read, behind.write):
            with deadline.within(0.3), pytest.raises(psycopg.OperationalError):
                async with session() as db:
                    await db.fetch_value("select 1")
        with deadline.within(0.3), pytest.raises(psycopg.OperationalError):
            await one(behind)  # and those who find no connection at all
    line.open.set()
    async with asyncio.timeout(PATIENCE_S):
        assert await one(behind) == 1
        assert await backend(behind) != before


async def test_without_cutting_the_line_a_silent_server_is_waited_for(
    behind: Database, line: QuietLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(connections, "_cut", lambda _: None)
    line.open.clear()
    with deadline.within(0.1):
        waiting = asyncio.create_task(one(behind))
        await asyncio.wait({waiting}, timeout=1)
    assert not waiting.done()
    line.open.set()
    async with asyncio.timeout(PATIENCE_S):
        await waiting


async def test_connections_that_ended_in_the_pool_are_given_to_nobody(behind: Database, line: QuietLine) -> None:
    async def hold() -> None:
        async with behind.read() as session:
            await session.fetch_value("select pg_sleep(0.1)")

    await asyncio.gather(*(hold() for _ in range(4)))  # four connections lie in the pool
    line.hang_up()
    await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.gather(*(one(behind) for _ in range(8))) == [1] * 8
        async with behind.write() as tx:
            assert await tx.fetch_value("select 1") == 1


async def test_without_looking_a_dead_connection_is_given_out(
    behind: Database, line: QuietLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(connections, "_has_ended", lambda _: False)
    line.hang_up()
    await asyncio.sleep(0.05)
    with pytest.raises(psycopg.OperationalError):
        await one(behind)


async def test_a_connection_that_the_server_ended_is_given_to_nobody(consumer: Database, database_url: str) -> None:
    pid = await backend(consumer)
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    assert await backend(consumer) != pid


async def test_who_waits_for_a_connection_gets_one_soon_after_the_server_is_back(
    database_url: str, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Background work waits for up to a minute, and nobody else may ask its pool for anything in that time."""
    monkeypatch.setattr(connections, "_RECONNECT_S", 0.1)
    away = database(database_url, clock, OTHER)
    await away.open()
    with nobody_is_let_in(database_url):
        waiting = asyncio.create_task(one(away))
        async with asyncio.timeout(PATIENCE_S):
            while away._read_pool._pool.get_stats().get("connections_errors", 0) < 3:
                await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_S):
        assert await waiting == 1
    await away.close()


@contextlib.contextmanager
def nobody_is_let_in(database_url: str) -> Iterator[None]:
    """All sessions end, and new ones are refused, those of superusers too."""
    shop = str(conninfo_to_dict(database_url)["dbname"])
    name = sql.Identifier(shop)
    with psycopg.connect(make_conninfo(database_url, dbname="postgres"), autocommit=True) as elsewhere:
        elsewhere.execute(sql.SQL("alter database {} allow_connections false").format(name))
        elsewhere.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (shop,))
        try:
            yield
        finally:
            elsewhere.execute(sql.SQL("alter database {} allow_connections true").format(name))


async def test_a_held_lock_is_waited_for_as_long_as_was_said(consumer: Database, database_url: str) -> None:
    async with consumer.write() as tx:
        await tx.execute("insert into probe (key, n) values ('a', 1)")
    with psycopg.connect(database_url) as holder:
        holder.execute(f"select * from {CONSUMER}.probe for update".encode())
        with pytest.raises(errors.LockNotAvailable):
            async with consumer.write(lock_s=0.05) as tx:
                await tx.execute("select * from probe for update")
    async with consumer.write() as tx:
        assert await tx.fetch_value("show lock_timeout") == "3s", "the next transaction has the usual time"


async def test_a_transaction_that_finds_by_keys_reads_no_whole_table_though_it_is_small(consumer: Database) -> None:
    async def plan(tx: WriteSession) -> str:
        return str(await tx.fetch_value("explain (costs off) select n from probe where key = 'a'"))

    async with consumer.write() as tx:
        await tx.execute("insert into probe (key, n) values ('a', 1)")
        await tx.execute("create index on probe (key)")
        await tx.execute("analyze probe")
    async with consumer.write(by_keys=True) as tx:
        assert "Index" in await plan(tx)
    async with consumer.write() as tx:
        assert await plan(tx) == "Seq Scan on probe", "the next transaction plans as usual"


async def test_the_server_has_limits_too_but_not_for_migrations(consumer: Database, database_url: str) -> None:
    async with consumer.read() as session:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        shown = [await session.fetch_value(f"show {name}") for name in names]
    assert shown == ["1min", "3s", "1min"]
    async with consumer._write_pool.connection() as connection:  # and this side: a line that nothing comes back on
        line = connection.info.get_parameters()
    assert (line["tcp_user_timeout"], line["connect_timeout"], line["keepalives_idle"]) == ("20000", "5", "30")
    with psycopg.connect(database_url) as plain:
        row = plain.execute("show statement_timeout").fetchone()
    assert row == ("0",), "what migrations, backups and copies use"


async def test_work_of_no_request_has_no_deadline_and_a_renewed_one_starts_again() -> None:
    assert deadline.remaining(60) == 60
    with deadline.within(0.05):
        await asyncio.sleep(0.1)
        assert deadline.remaining(60) == 0.05 / 8, "what answers at once still may"
        deadline.renew()
        assert 0 < deadline.remaining(60) <= 0.05
        assert deadline.remaining(0.01) == 0.01
