"""Every event is kept in its month, whoever hears of it; months are made ahead and dropped when they are old."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import errors

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform import archive, retention
from chengtuan.platform.archive import keep_months, month_of
from chengtuan.platform.database import Database
from chengtuan.platform.jobs import Job
from tests.platform.bench import CONSUMER, OTHER, PRODUCER, database, event, new_keys, outbox_to
from tests.platform.test_retention import SETTINGS


@pytest.fixture
async def producer(database_url: str, clock: MovableClock) -> AsyncIterator[Database]:
    db = database(database_url, clock, PRODUCER, outbox=outbox_to(CONSUMER, OTHER))
    await db.open()
    await without_months(db)
    yield db
    await without_months(db)
    await db.close()


async def without_months(db: Database) -> None:
    for name in await partitions(db):
        if name != "event_archive_rest":
            async with db.write() as tx:
                await tx.execute(f"drop table {name}")


async def partitions(db: Database) -> list[str]:
    async with db.read() as session:
        rows = await session.fetch_tuples(
            "select relname from pg_inherits join pg_class on oid = inhrelid"
            " where inhparent = 'event_archive'::regclass order by 1"
        )
    return [name for (name,) in rows]


async def kept(db: Database) -> list[tuple[str, str]]:
    """Partition and number of each event, in order."""
    async with db.read() as session:
        rows = await session.fetch_tuples(
            "select tableoid::regclass::text, payload::json->>'number' from event_archive order by seq"
        )
    return [(table.removeprefix("event_archive_"), number) for table, number in rows]


async def emit(db: Database, clock: MovableClock, *numbers: int) -> None:
    [key] = new_keys(1)
    async with db.write() as tx:
        tx.emit(*(event(key, number, clock.now()) for number in numbers))


async def test_events_lie_in_their_month_and_those_without_move_when_it_is_made(
    producer: Database, clock: MovableClock
) -> None:
    clock.move_to(month_of(clock.now()))  # its first instant is its own
    await emit(producer, clock, 1, 2, 3)
    assert await kept(producer) == [("rest", "1"), ("rest", "2"), ("rest", "3")]
    assert await keep_months(producer, clock.now(), kept=3) == []
    clock.advance(timedelta(days=31))
    await emit(producer, clock, 4)
    clock.advance(timedelta(days=150))  # nobody swept for months
    await emit(producer, clock, 5)
    expected = [("2026_06", "1"), ("2026_06", "2"), ("2026_06", "3"), ("2026_07", "4")]
    assert await kept(producer) == [*expected, ("rest", "5")]
    await keep_months(producer, clock.now(), kept=13)
    assert await kept(producer) == [*expected, ("2026_11", "5")]
    names = [name.removeprefix("event_archive_") for name in await partitions(producer)]
    assert names == ["2026_06", "2026_07", "2026_08", "2026_11", "2026_12", "2027_01", "rest"]


async def test_what_is_too_old_for_a_month_is_forgotten(producer: Database, clock: MovableClock) -> None:
    await without_months(producer)
    await emit(producer, clock, 1)
    clock.advance(timedelta(days=31))
    await emit(producer, clock, 2)
    clock.advance(timedelta(days=31 * 3))  # nobody swept for longer than the first one is kept
    await emit(producer, clock, 3)
    await keep_months(producer, clock.now(), kept=3)
    assert await kept(producer) == [("2026_07", "2"), ("2026_10", "3")]


async def test_old_months_are_dropped_and_the_inbox_remembers_what_is_kept(
    producer: Database, clock: MovableClock
) -> None:
    settings = SETTINGS.model_copy(update={"event_months": 3})
    sweep = retention.sweep_job(producer, settings, clock)
    for number in range(6):
        await emit(producer, clock, number)
        async with producer.write() as tx:
            await tx.execute("insert into inbox values ('h', gen_random_uuid(), %s)", (clock.now(),))
        await sweep.handler(Job(1, sweep.kind, "", clock.now(), 0, {}))
        clock.move_to(month_of(clock.now(), later=1) + timedelta(days=27))
    clock.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    await sweep.handler(Job(1, sweep.kind, "", clock.now(), 0, {}))
    assert await kept(producer) == [("2026_09", "3"), ("2026_10", "4"), ("2026_11", "5")]
    async with producer.read() as db:
        handled = await db.fetch_tuples("select handled_at from inbox order by 1")
    assert [f"{at:%Y_%m}" for (at,) in handled] == ["2026_09", "2026_10", "2026_11"], "the oldest is 94 days old"


async def test_a_month_that_is_used_is_made_or_dropped_later_and_holds_up_nobody(
    producer: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_LOCK_S", 0.05)
    async with producer.write() as tx:
        await tx.execute(
            "insert into event_archive (occurred_at, event_id, name, key, payload)"
            " values (%s, gen_random_uuid(), 'n', 'k', '{}')",
            (clock.now(),),
        )
        sweeper = database(producer.conninfo, clock, PRODUCER)
        await sweeper.open()
        sweep = asyncio.create_task(keep_months(sweeper, clock.now(), kept=3), context=Context())
        with pytest.raises(errors.LockNotAvailable):
            await sweep
    await keep_months(sweeper, clock.now(), kept=3)
    assert [place for place, _ in await kept(producer)] == ["2026_06"]
    await sweeper.close()


async def test_what_has_no_month_is_forgotten_too(producer: Database, clock: MovableClock) -> None:
    await emit(producer, clock, 1)
    clock.advance(timedelta(days=500))
    await emit(producer, clock, 2)
    rule = next(rule for rule in retention.platform_rules(SETTINGS) if rule.table == "event_archive_rest")
    assert await retention.forget(producer, rule) == 1
    assert await kept(producer) == [("rest", "2")]


@pytest.mark.parametrize(
    ("now", "later", "month"),
    [
        (datetime(2026, 6, 30, 23, 59, tzinfo=UTC), 0, datetime(2026, 6, 1, tzinfo=UTC)),
        (datetime(2026, 11, 2, tzinfo=UTC), 2, datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), -13, datetime(2024, 12, 1, tzinfo=UTC)),
    ],
)
def test_months(now: datetime, later: int, month: datetime) -> None:
    assert month_of(now, later=later) == month
