"""Durable jobs: timers fire once however many run them, tasks are repeated until they are done."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.health import Part
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import LOOK_AGAIN, Job, JobCall, JobWriter, RetryLater, back_off
from tests.platform.bench import CONSUMER, database, note, noted


async def note_job(tx: WriteSession, job: Job) -> None:
    await note(tx, job.ref, job.attempts)


async def keep(db: Database, *calls: JobCall) -> None:
    async with db.write() as tx:
        tx.schedule(*calls)


async def jobs_left(db: Database) -> list[tuple[str, int, datetime]]:
    async with db.read() as session:
        return [tuple(row) for row in await session.fetch_tuples("select ref, attempts, due_at from job order by ref")]


def runner(db: Database, clock: MovableClock, *handlers: Timer | Task | Periodic) -> JobRunner:
    return JobRunner(db, JobWriter(), clock, handlers)


@pytest.mark.parametrize("kind", [Timer, Task])
async def test_jobs_are_done_once_under_four_runners(
    consumer: Database, clock: MovableClock, database_url: str, kind: type[Timer] | type[Task]
) -> None:
    async def note_task(job: Job) -> None:
        async with consumer.write() as tx:
            await note_job(tx, job)

    ring = Timer("ring", note_job) if kind is Timer else Task("ring", note_task)
    await keep(consumer, *(JobCall("ring", str(n), clock.now()) for n in range(120)))
    databases = [database(database_url, clock, CONSUMER) for _ in range(4)]
    for db in databases:
        await db.open()
    await asyncio.gather(*(runner(db, clock, ring).drain() for db in databases))
    for db in databases:
        await db.close()
    rang = Counter(ref for ref, _ in await noted(consumer))
    assert rang == {str(n): 1 for n in range(120)}
    assert await jobs_left(consumer) == []


async def test_without_locked_rows_timers_fire_several_times(
    consumer: Database, clock: MovableClock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    honest = WriteSession.fetch_one

    async def without_locks(self: WriteSession, kind: Any, sql: Any, params: Any = ()) -> Any:
        found = await honest(self, kind, sql.replace(" for update skip locked", ""), params)
        await asyncio.sleep(0.05)
        return found

    monkeypatch.setattr(WriteSession, "fetch_one", without_locks)
    await keep(consumer, *(JobCall("ring", str(n), clock.now()) for n in range(5)))
    databases = [database(database_url, clock, CONSUMER) for _ in range(2)]
    for db in databases:
        await db.open()
    await asyncio.gather(*(runner(db, clock, Timer("ring", note_job)).drain() for db in databases))
    for db in databases:
        await db.close()
    assert max(Counter(ref for ref, _ in await noted(consumer)).values()) > 1


async def test_a_timer_waits_for_its_time_can_be_moved_and_cancelled(consumer: Database, clock: MovableClock) -> None:
    ring = runner(consumer, clock, Timer("ring", note_job))
    soon = clock.now() + timedelta(minutes=1)
    await keep(consumer, *(JobCall("ring", ref, soon) for ref in ("stays", "moved", "cancelled", "earlier")))
    async with consumer.write() as tx:
        await tx.execute("update job set due_at = due_at + interval '1 hour' where ref = 'moved'")
        await tx.execute("delete from job where ref = 'cancelled'")
        await tx.execute("update job set due_at = %s where ref = 'earlier'", (clock.now(),))
    await ring.drain()
    assert [ref for ref, _ in await noted(consumer)] == ["earlier"]
    clock.advance(timedelta(minutes=1))
    await ring.drain()
    assert [ref for ref, _ in await noted(consumer)] == ["earlier", "stays"]
    clock.advance(timedelta(hours=1))
    await ring.drain()
    assert [ref for ref, _ in await noted(consumer)] == ["earlier", "stays", "moved"]


async def test_a_job_of_the_same_kind_and_ref_is_kept_once(consumer: Database, clock: MovableClock) -> None:
    first = clock.now() + timedelta(minutes=5)
    await keep(consumer, JobCall("ring", "x", first))
    await keep(consumer, JobCall("ring", "x", first + timedelta(hours=1)), JobCall("other", "x", first))
    assert [due for _, _, due in await jobs_left(consumer)] == [first, first]
    sooner = first - timedelta(minutes=1)
    await keep(consumer, *(JobCall("ring", "x", due) for due in (first, sooner, first)))
    assert {due for _, _, due in await jobs_left(consumer)} == {sooner, first}


async def test_jobs_are_written_in_one_order(consumer: Database, clock: MovableClock, database_url: str) -> None:
    """Two who want the same jobs in different orders would wait for each other: who waits for b must hold a."""
    a, b = (JobCall("ring", ref, clock.now()) for ref in "ab")
    await keep(consumer, a, b)
    locked = "select 1 from trade.job where ref = %s for update nowait"
    with (
        psycopg.connect(database_url) as holder,
        psycopg.connect(database_url, autocommit=True) as looker,
    ):
        holder.execute(locked, ["b"])
        writing = asyncio.create_task(keep(consumer, b, a))
        async with asyncio.timeout(10):
            while not looker.execute("select 1 from pg_locks where not granted").fetchall():
                await asyncio.sleep(0)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            looker.execute(locked, ["a"])
    await writing


async def test_a_failing_timer_leaves_no_trace_harms_nobody_and_is_tried_again(
    consumer: Database, clock: MovableClock
) -> None:
    healed = False

    async def moody(tx: WriteSession, job: Job) -> None:
        await note_job(tx, job)
        if job.ref == "bad" and not healed:
            raise ValueError("not today")

    ring = runner(consumer, clock, Timer("ring", moody))
    await keep(consumer, *(JobCall("ring", ref, clock.now()) for ref in ("bad", "good")))
    await ring.drain()
    assert await noted(consumer) == [("good", 0)]
    healed = True
    await ring.drain()
    assert await noted(consumer) == [("good", 0)], "the back-off is not over"
    clock.advance(timedelta(seconds=1))
    await ring.drain()
    assert await noted(consumer) == [("good", 0), ("bad", 1)]


async def test_a_timer_that_waits_for_a_lock_is_tried_again_soon_and_has_not_failed(
    consumer: Database, clock: MovableClock
) -> None:
    held = True

    async def waits(tx: WriteSession, job: Job) -> None:
        if held:
            raise psycopg.errors.LockNotAvailable("somebody else has it")
        await note_job(tx, job)

    ring = runner(consumer, clock, Timer("ring", waits, tries=1))
    await keep(consumer, JobCall("ring", "x", clock.now()))
    for _ in range(3):
        await ring.drain()
        clock.advance(timedelta(seconds=1))
        assert await jobs_left(consumer) == [("x", 0, clock.now())]
    held = False
    await ring.drain()
    assert await noted(consumer) == [("x", 0)]


async def test_a_timer_that_was_moved_while_it_failed_is_not_put_off(consumer: Database, clock: MovableClock) -> None:
    await keep(consumer, JobCall("ring", "x", clock.now()))
    async with consumer.read() as db:
        failed = Job(await db.fetch_value("select id from job"), "ring", "x", clock.now(), 0, {})
    moved = clock.now() - timedelta(minutes=1)
    await keep(consumer, JobCall("ring", "x", moved))
    await runner(consumer, clock, Timer("ring", note_job))._put_off(failed, ValueError("no"))
    assert await jobs_left(consumer) == [("x", 0, moved)]


async def test_a_task_under_way_at_a_crash_is_repeated_after_its_lease(consumer: Database, clock: MovableClock) -> None:
    calls: list[int] = []
    began = asyncio.Event()

    async def hang_once(job: Job) -> None:
        calls.append(job.attempts)
        began.set()
        if len(calls) == 1:
            await asyncio.Event().wait()

    task = Task("work", hang_once, lease=timedelta(seconds=30))
    await keep(consumer, JobCall("work", "x", clock.now()))
    crashed = runner(consumer, clock, task)
    loop = asyncio.create_task(crashed.run(Part("jobs")))
    await asyncio.wait_for(began.wait(), 10)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await crashed.close()
    await runner(consumer, clock, task).drain()
    assert calls == [0], "the lease protects it from a second runner"
    clock.advance(timedelta(seconds=31))
    await runner(consumer, clock, task).drain()
    assert calls == [0, 1]
    assert await jobs_left(consumer) == []


async def test_a_task_whose_lease_ran_out_does_not_undo_the_next_attempt(
    consumer: Database, clock: MovableClock
) -> None:
    """The slow first attempt ends after the second one began: the job stays with the second."""
    release = asyncio.Event()
    calls: list[int] = []

    async def slow_first(job: Job) -> None:
        calls.append(job.attempts)
        if job.attempts == 0:
            await release.wait()
        else:
            raise RetryLater(timedelta(minutes=7))

    task = Task("work", slow_first, lease=timedelta(seconds=30))
    await keep(consumer, JobCall("work", "x", clock.now()))
    first = runner(consumer, clock, task)
    await first._start_tasks()
    await asyncio.sleep(0)
    clock.advance(timedelta(seconds=31))
    await runner(consumer, clock, task).drain()
    release.set()
    await asyncio.gather(*first._running)
    assert calls == [0, 1]
    assert [due for _, _, due in await jobs_left(consumer)] == [clock.now() + timedelta(minutes=7)]


async def test_tasks_that_end_together_are_ended_in_one_transaction(
    consumer: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a lease of its own; whoever's ran out is left to the one who has it."""
    together = asyncio.Barrier(8)

    async def work(job: Job) -> None:
        await together.wait()

    await keep(consumer, *(JobCall("work", str(n), clock.now()) for n in range(8)))
    ring = runner(consumer, clock, Task("work", work))
    ended: list[int] = []
    end = ring._end

    async def counted(done: Sequence[tuple[int, datetime]]) -> list[None]:
        ended.append(len(done))
        return await end(done)

    monkeypatch.setattr(ring._ended, "_run", counted)
    assert await ring.drain() == 8
    assert (sum(ended), len(ended) <= 2) == (8, True)
    assert await jobs_left(consumer) == []


async def test_a_failing_task_backs_off_and_keeps_its_error(consumer: Database, clock: MovableClock) -> None:
    calls: list[datetime] = []

    async def refuse(job: Job) -> None:
        calls.append(clock.now())
        raise ValueError("no")

    work = runner(consumer, clock, Task("work", refuse))
    start = clock.now()
    await keep(consumer, JobCall("work", "x", start))
    for _ in range(16):
        await work.drain()
        clock.advance(timedelta(seconds=1))
    assert [int((at - start).total_seconds()) for at in calls] == [0, 1, 3, 7, 15]


async def test_what_only_waits_has_failed_no_more(consumer: Database, clock: MovableClock) -> None:
    """Tries are counted in a row: who asked to be called again was not failing."""
    outcomes: list[Exception] = [ValueError("no"), RetryLater(timedelta(minutes=1))]

    async def work(job: Job) -> None:
        raise outcomes[job.attempts]

    tasks = runner(consumer, clock, Task("work", work))
    await keep(consumer, JobCall("work", "x", clock.now()))
    await tasks.drain()
    assert [attempts for _, attempts, _ in await jobs_left(consumer)] == [1]
    clock.advance(timedelta(seconds=2))
    await tasks.drain()
    assert [attempts for _, attempts, _ in await jobs_left(consumer)] == [0]


async def test_a_periodic_task_comes_back_and_is_kept_once(consumer: Database, clock: MovableClock) -> None:
    calls: list[str] = []

    async def sweep(job: Job) -> None:
        calls.append(job.ref)

    work = runner(consumer, clock, Periodic("sweep", sweep, every=timedelta(hours=1)))
    await work.prepare()
    await work.prepare()
    await work.drain()
    assert calls == [], "not before its time"
    for _ in range(3):
        clock.advance(timedelta(hours=1))
        await work.drain()
    assert len(calls) == 3
    assert len(await jobs_left(consumer)) == 1


async def test_a_runner_that_starts_sees_to_its_periodic_tasks(consumer: Database, clock: MovableClock) -> None:
    began = asyncio.Event()

    async def sweep(_: Job) -> None:
        began.set()

    work = runner(consumer, clock, Periodic("sweep", sweep, every=timedelta(0)))
    loop = asyncio.create_task(work.run(Part("jobs")))
    try:
        await asyncio.wait_for(began.wait(), 10)
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await work.close()


async def test_a_job_is_kept_with_its_cause_or_not_at_all(consumer: Database, clock: MovableClock) -> None:
    async def fail() -> None:
        async with consumer.write() as tx:
            tx.schedule(JobCall("ring", "x", clock.now()))
            raise ValueError("no cause")

    with pytest.raises(ValueError, match="no cause"):
        await fail()
    assert await jobs_left(consumer) == []


async def test_a_runner_with_all_hands_full_waits_for_one_of_them(consumer: Database, clock: MovableClock) -> None:
    async def work(_: Job) -> None:
        await asyncio.Event().wait()

    busy = runner(consumer, clock, Task("work", work))
    await keep(consumer, *(JobCall("work", str(n), clock.now()) for n in range(17)))
    assert await busy._start_tasks() == 16
    assert await busy._until_due() == LOOK_AGAIN.total_seconds(), "what is due it cannot do"
    await busy.close()


@pytest.mark.parametrize(("after", "woken"), [(timedelta(0), True), (LOOK_AGAIN, True), (2 * LOOK_AGAIN, False)])
async def test_runners_are_woken_for_what_they_would_see_too_late(
    clock: MovableClock, after: timedelta, *, woken: bool
) -> None:
    writer = JobWriter()
    writer.expect(clock.now() + after, clock.now())
    assert writer.woken.is_set() is woken


def test_back_off_doubles_up_to_a_limit() -> None:
    assert [back_off(n).total_seconds() for n in (0, 1, 2, 8, 9, 500)] == [1, 2, 4, 256, 300, 300]
