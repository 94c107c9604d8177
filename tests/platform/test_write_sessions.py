"""One transaction keeps rows, events and jobs together, or none of them."""

import contextlib
from datetime import timedelta
from uuid import UUID

import psycopg

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall
from tests.platform.bench import OTHER, PROBE, PRODUCER, database, event, note, noted, outbox_to

KEY = UUID(int=7)


class Undone(Exception):
    pass


async def act(tx: WriteSession, clock: MovableClock, number: int, called: list[str]) -> None:
    """Everything that a transaction can leave behind."""
    await note(tx, "row", number)
    tx.emit(event(KEY, number, clock.now()))
    tx.schedule(JobCall("some_job", str(number), clock.now() + timedelta(hours=1)))
    tx.after_commit(lambda: called.append(str(number)))


async def test_what_a_savepoint_undoes_is_neither_told_nor_done_later(database_url: str, clock: MovableClock) -> None:
    db = database(database_url, clock, PRODUCER, outbox=outbox_to(OTHER))
    await db.open()
    called: list[str] = []
    try:
        async with db.write() as tx:
            await tx.execute(PROBE)
            await act(tx, clock, 1, called)
            with contextlib.suppress(Undone):
                async with tx.savepoint():
                    await act(tx, clock, 2, called)
                    raise Undone
            await act(tx, clock, 3, called)
        assert await noted(db) == [("row", 1), ("row", 3)]
    finally:
        await db.close()
    with psycopg.connect(database_url) as connection:
        told = connection.execute("select payload::json->>'number' from catalog.outbox order by seq").fetchall()
        kept = connection.execute("select ref from catalog.job order by id").fetchall()
        connection.execute("drop table catalog.probe")
    assert told == [("1",), ("3",)]
    assert kept == [("1",), ("3",)]
    assert called == ["1", "3"]
