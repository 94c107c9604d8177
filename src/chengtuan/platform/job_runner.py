"""Runs a module's due jobs. Any number of processes may run them side by side."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg
import structlog

from chengtuan.kernel.clock import Clock
from chengtuan.platform.combiner import LOCK_S
from chengtuan.platform.database import Database
from chengtuan.platform.jobs import Job, JobCall, JobWriter, Periodic, RetryLater, Task, Timer, back_off

log = structlog.get_logger(__name__)
_BATCH = 50
_POLL_S = 0.25
_PARALLEL_TASKS = 16
_HELD_UP = timedelta(seconds=1)


class JobRunner:
    def __init__(
        self,
        database: Database,
        writer: JobWriter,
        clock: Clock,
        handlers: Sequence[Timer | Task | Periodic],
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._timers = {h.kind: h for h in handlers if isinstance(h, Timer)}
        self._tasks = {h.kind: h for h in handlers if isinstance(h, Task | Periodic)}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run jobs until cancelled; a task under way at the end is repeated after its lease."""
        try:
            await self._forever()
        finally:
            for running in self._running:
                running.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _forever(self) -> None:
        prepared = False
        while True:
            self._writer.woken.clear()
            try:
                if not prepared:
                    await self.prepare()
                    prepared = True
                busy = await self._fire_timers() + await self._start_tasks()
            except (psycopg.OperationalError, OSError) as error:
                log.warning("jobs_interrupted", module=self._database.module, error=str(error))
                busy = 0
            if not busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._writer.woken.wait(), _POLL_S)

    async def prepare(self) -> None:
        """See to it that every periodic job has its row."""
        periodic = [h for h in self._tasks.values() if isinstance(h, Periodic)]
        if periodic:
            async with self._database.write() as tx:
                tx.schedule(*(JobCall(h.kind, "", self._clock.now() + h.every) for h in periodic))

    async def drain(self) -> int:
        """Run everything that is due now, and wait for it; the number of jobs run. For seeding and tests."""
        total = 0
        while True:
            count = await self._fire_timers() + await self._start_tasks()
            await asyncio.gather(*self._running)
            total += count
            if not count:
                return total

    async def _fire_timers(self) -> int:
        if not self._timers:
            return 0
        async with self._database.write(lock_s=LOCK_S) as tx:
            due = await tx.fetch_all(
                Job,
                "select id, kind, ref, due_at, attempts, payload from job"
                " where due_at <= %s and kind = any(%s) order by due_at limit %s for update skip locked",
                (self._clock.now(), list(self._timers), _BATCH),
            )
            done = []
            for job in due:
                try:
                    async with tx.savepoint():
                        await self._timers[job.kind].handler(tx, job)
                    done.append(job.id)
                except psycopg.OperationalError as error:
                    if not isinstance(error, psycopg.errors.LockNotAvailable):
                        raise
                    # somebody else holds what it needs: later, and the others now
                    await tx.execute(
                        "update job set due_at = %s, last_error = %s where id = %s",
                        (self._clock.now() + _HELD_UP, repr(error)[:500], job.id),
                    )
                except Exception as error:
                    log.exception("timer_failed", kind=job.kind, ref=job.ref)
                    await tx.execute(
                        "update job set attempts = attempts + 1, due_at = %s, last_error = %s where id = %s",
                        (self._clock.now() + back_off(job.attempts), repr(error)[:500], job.id),
                    )
            if done:
                await tx.execute("delete from job where id = any(%s)", (done,))
        return len(due)

    async def _start_tasks(self) -> int:
        room = _PARALLEL_TASKS - len(self._running)
        if not self._tasks or room <= 0:
            return 0
        now = self._clock.now()
        async with self._database.write() as tx:
            jobs = await tx.fetch_all(
                Job,
                "select id, kind, ref, due_at, attempts, payload from job"
                " where due_at <= %s and kind = any(%s) order by due_at limit %s for update skip locked",
                (now, list(self._tasks), room),
            )
            for job in jobs:
                await tx.execute(
                    "update job set due_at = %s, attempts = attempts + 1 where id = %s",
                    (now + self._tasks[job.kind].lease, job.id),
                )
        for job in jobs:
            running = asyncio.create_task(self._run_task(job, leased_until=now + self._tasks[job.kind].lease))
            self._running.add(running)
            running.add_done_callback(self._finished)
        return len(jobs)

    def _finished(self, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._writer.wake()

    async def _run_task(self, job: Job, leased_until: datetime) -> None:
        task = self._tasks[job.kind]
        again: datetime | None = None
        error: str | None = None
        try:
            await task.handler(job)
            if isinstance(task, Periodic):
                again = self._clock.now() + task.every
        except RetryLater as later:
            again = self._clock.now() + later.after
        except Exception as failure:
            log.exception("task_failed", kind=job.kind, ref=job.ref, attempts=job.attempts)
            again, error = self._clock.now() + back_off(job.attempts), repr(failure)[:500]
        with contextlib.suppress(psycopg.OperationalError):  # then the lease runs out and the task is repeated
            await self._settle(job, leased_until, again, error)

    async def _settle(self, job: Job, leased_until: datetime, again: datetime | None, error: str | None) -> None:
        async with self._database.write() as tx:
            if again is None:
                await tx.execute("delete from job where id = %s and due_at = %s", (job.id, leased_until))
            else:
                await tx.execute(
                    "update job set due_at = %s, last_error = %s,"
                    " attempts = case when %s then 0 else attempts end where id = %s and due_at = %s",
                    (again, error, error is None, job.id, leased_until),
                )
