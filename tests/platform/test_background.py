"""Background work comes back by itself: whatever happens, nothing but being told to ends it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import errors, sql
from psycopg_pool import PoolTimeout

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.facade import OrderReadyToShip
from chengtuan.platform import background
from chengtuan.platform.background import keep_running
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.health import Health, Part
from chengtuan.platform.inbox import Consumer, on
from chengtuan.platform.job_handlers import Timer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import Job, JobCall, JobWriter
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.outages import cause, is_outage, may_pass
from chengtuan.platform.relay import Relay
from tests.platform.bench import CONSUMER, EVENT, PRODUCER, database, event, new_keys, note, noted, outbox_to


@contextlib.asynccontextmanager
async def kept(name: str, work: background.Work, record: Health) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(keep_running(name, work, record))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a pause."""
    monkeypatch.setattr(background, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(background, "LONGEST_PAUSE_S", 0.002)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("a bug"),
        errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"),
        errors.NumericValueOutOfRange("smallint out of range"),
        OSError(28, "No space left on device"),
        ExceptionGroup("together", [MemoryError()]),
        asyncio.CancelledError("somebody else's"),
        None,
    ],
    ids=repr,
)
async def test_work_begins_again_whatever_ended_it(failure: BaseException | None) -> None:
    begun = 0
    works = asyncio.Event()

    async def work(part: Part) -> None:
        nonlocal begun
        begun += 1
        if begun <= 3:
            if failure is None:
                return
            raise failure
        assert record.down[0].failures == 3
        part.works()
        works.set()
        await asyncio.Event().wait()

    record = Health()
    async with kept("loop", work, record) as task:
        await asyncio.wait_for(works.wait(), 10)
        assert (begun, task.done(), record.down) == (4, False, [])
    assert task.cancelled()
    assert record.parts == [], "who was asked to end is not missed"


async def test_pauses_grow_to_a_limit_and_start_small_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[tuple[float, float]] = []

    async def sleep(pause_s: tuple[float, float]) -> None:
        pauses.append(pause_s)
        if len(pauses) == 10:
            raise asyncio.CancelledError

    async def work(part: Part) -> None:
        if len(pauses) == 8:
            part.works()
        raise ValueError("no")

    monkeypatch.setattr("chengtuan.platform.background.asyncio.sleep", sleep)
    monkeypatch.setattr("chengtuan.platform.background.random.uniform", lambda low, high: (low, high))
    with pytest.raises(asyncio.CancelledError):
        await keep_running("loop", work, Health())
    longest = [high for _, high in pauses]
    assert longest == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 0.2, 0.4]
    assert [low for low, _ in pauses] == [high / 2 for high in longest]


def test_a_part_that_stops_moving_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("chengtuan.platform.health.time.monotonic", lambda: now)
    record = Health()
    part = record.part("loop", moves_within_s=90)
    record.part("asked only")
    now += 89
    assert record.down == []
    now += 2
    assert [(state.name, state.why) for state in record.down] == [("loop", "has not moved for 91 s")]
    part.works()
    assert record.down == []


def test_a_part_is_down_since_it_first_failed(clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengtuan.platform.health._real", clock)
    part = Part("loop")
    began = clock.now()
    seen: list[float] = []
    for report in (partial(part.fails, "one"), partial(part.fails, "another"), part.works, part.works):
        clock.advance(timedelta(minutes=1))
        report()
        seen.append((part.state.since - began) / timedelta(minutes=1))
    assert seen == [1, 1, 3, 3]
    assert (part.ok, part.state.failures) == (True, 2)


def test_what_an_outage_is() -> None:
    outages: list[psycopg.Error] = [
        psycopg.OperationalError("server closed the connection unexpectedly"),
        PoolTimeout("couldn't get a connection after 10.00 sec"),
        errors.ReadOnlySqlTransaction(),
        errors.DiskFull(),
        errors.OutOfMemory(),
        errors.TooManyConnections(),
        errors.AdminShutdown(),
        errors.CrashShutdown(),
        errors.CannotConnectNow(),
        errors.IoError(),
    ]
    collisions: list[psycopg.Error] = [
        errors.DeadlockDetected(),
        errors.SerializationFailure(),
        errors.LockNotAvailable(),
    ]
    collisions += [errors.QueryCanceled(), errors.IdleInTransactionSessionTimeout()]
    faults = [errors.UniqueViolation(), errors.NumericValueOutOfRange(), psycopg.InterfaceError("x"), ValueError()]
    assert [is_outage(error) for error in outages] == [True] * len(outages)
    assert [is_outage(error) or not may_pass(error) for error in collisions] == [False] * len(collisions)
    assert [may_pass(error) for error in faults] == [False] * len(faults)


def test_a_cause_for_strangers_names_no_address() -> None:
    refused = psycopg.OperationalError('connection to server at "10.0.0.5", port 5432 failed: password of "owner"')
    assert cause(refused) == "OperationalError"
    assert cause(ExceptionGroup("both", [errors.DiskFull("at /var/lib")])) == "DiskFull (53100)"


@pytest.fixture
def read_only(database_url: str) -> Iterator[psycopg.Connection]:
    """What a failover does: every connection is cut, and the server takes no writes. It ends with the test."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute("set default_transaction_read_only = off")
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(name))
        _cut(connection)
        yield connection
        _take_writes_again(connection)


def _take_writes_again(connection: psycopg.Connection) -> None:
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(name))


def _cut(connection: psycopg.Connection) -> None:
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Until it holds; what the database refuses meanwhile is no answer."""
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(psycopg.Error):
                if await holds():
                    return
            await asyncio.sleep(0.02)


async def _note_event(tx: WriteSession, one: OrderReadyToShip) -> None:
    await note(tx, "event", int(one.number))


async def _note_job(tx: WriteSession, job: Job) -> None:
    await note(tx, "job", int(job.ref))


@pytest.mark.slow
@pytest.mark.feature("X4")
async def test_a_read_only_database_ends_no_runner_and_no_relay(
    consumer: Database, clock: MovableClock, database_url: str, request: pytest.FixtureRequest
) -> None:
    """The database takes no writes for a while: afterwards everything that was kept is done, without a restart."""
    outbox, record, refusals = outbox_to(CONSUMER), Health(), list[psycopg.Error]()
    db = database(database_url, clock, PRODUCER, outbox=outbox)
    await db.open()
    relay = Relay(db, outbox, {CONSUMER: Consumer(consumer, [on(EVENT, _note_event)]).deliver}, clock, record)
    bell = JobWriter()
    runner = JobRunner(consumer, bell, clock, [Timer("ring", _note_job)])
    key = new_keys(1)[0]

    async def order(number: int) -> bool:
        async with db.write() as tx:
            tx.emit(event(key, number, clock.now()))
        async with consumer.write() as tx:
            tx.schedule(JobCall("ring", str(number), clock.now()))
        return True

    async def refused() -> bool:
        try:
            await order(2)
        except errors.ReadOnlySqlTransaction as error:
            refusals.append(error)
        return bool(refusals)

    async def all_done(*numbers: int) -> bool:
        return set(await noted(consumer)) == {(what, number) for what in ("event", "job") for number in numbers}

    async def runner_is_down() -> bool:
        return "jobs" in {state.name for state in record.down}

    async def all_well() -> bool:
        return not record.down

    async with kept("relay", relay.run, record) as relaying, kept("jobs", runner.run, record) as running:
        await order(1)
        await until(partial(all_done, 1))
        async with consumer.write() as tx:
            tx.schedule(JobCall("ring", "3", clock.now() + timedelta(hours=1)))
        connection = request.getfixturevalue("read_only")
        await until(refused)
        assert is_outage(refusals[0])
        clock.advance(timedelta(hours=1))
        bell.wake()
        await until(runner_is_down)
        _take_writes_again(connection)
        await until(partial(order, 3))
        await until(partial(all_done, 1, 3))
        await until(all_well)
        assert (relaying.done(), running.done()) == (False, False)
    await runner.close()
    await db.close()


def test_a_full_disk_loses_log_lines_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info")
    log = structlog.get_logger("test")
    with Path("/dev/full").open("w") as full, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", full)
        log.warning("lost")
        log.error("lost as well", exc_info=ValueError("x"))
        patch.undo()
        with contextlib.suppress(OSError):
            full.close()
    log.info("written")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["log_lines_lost", "written"]
    assert lines[0]["count"] == 2


def test_an_entry_that_cannot_be_shown_is_said_to_be_broken(capsys: pytest.CaptureFixture[str]) -> None:
    class Unspeakable:
        def __repr__(self) -> str:
            raise RuntimeError("no words")

    configure_logs("info")
    structlog.get_logger("test").info("x", thing=Unspeakable())
    assert json.loads(capsys.readouterr().out) == {
        "event": "log_entry_broken",
        "level": "error",
        "cause": "RuntimeError",
    }
