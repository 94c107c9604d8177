"""Runs a module's due jobs. Any number of processes may run them side by side."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

import psycopg
import structlog

from chengtuan.kernel.clock import Clock
from chengtuan.platform.arrays import array
from chengtuan.platform.combiner import LOCK_S, Combiner
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.health import Part
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.jobs import LOOK_AGAIN, Job, JobCall, JobWriter, RetryLater, back_off
from chengtuan.platform.logs import in_short
from chengtuan.platform.outages import is_nobodys_fault, is_outage
from chengtuan.platform.tasks import end

log = structlog.get_logger(__name__)
_BATCH = 50
_SOON_S = 0.25
"""Between two looks at a job that is due and that somebody else holds."""
_PARALLEL_TASKS = 16
_COMPANY_S = 0.02
"""So long tasks that end wait for others that end: they are written down together, and followed by others together."""
_HELD_UP = timedelta(seconds=1)
_OUTAGE_PAUSE = timedelta(seconds=5)

# answers the jobs as they were
_LEASE: LiteralString = (
    "with due as (select id, kind, ref, due_at, attempts, payload from job"
    "  where due_at <= %(now)s and kind = any(%(kinds)s::text[]) and dead_at is null"
    "  order by due_at limit %(room)s for update skip locked)"
    " update job set due_at = lease.until, attempts = job.attempts + 1"
    " from due join unnest(%(kinds)s::text[], %(until)s::timestamptz[]) as lease(kind, until) using (kind)"
    " where job.id = due.id returning due.*"
)


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
        self._ended: Combiner[tuple[int, datetime], None] = Combiner(self._end, linger_s=_COMPANY_S)

    async def run(self, part: Part) -> None:
        """Start what is due until cancelled. Raises what the database raises; tasks under way go on meanwhile."""
        await self.prepare()
        while True:
            self._writer.woken.clear()
            pause_s = await self._until_due()
            busy = pause_s <= 0 and await self._fire_timers() + await self._start_tasks()
            part.works()
            if not busy:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(pause_s, _SOON_S)):
                        await self._writer.woken.wait()
            if self._running:
                await asyncio.sleep(_COMPANY_S)

    async def _until_due(self) -> float:
        """Seconds until the next job is due, or until it is worth looking anyway; not above zero: one is due now."""
        longest = LOOK_AGAIN.total_seconds()
        kinds = list(self._timers)
        if len(self._running) < _PARALLEL_TASKS:  # else the end of one wakes the loop
            kinds += self._tasks
        async with self._database.read() as db:
            due_at = await db.fetch_value(
                "select min(due_at) from job where kind = any(%s) and dead_at is null", (kinds,)
            )
        return min((due_at - self._clock.now()).total_seconds(), longest) if due_at else longest

    async def close(self) -> None:
        """End the tasks under way; they are repeated after their lease."""
        await end(self._running)

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
        """Each timer has a transaction of its own: what one locks is free again before the next one begins."""
        fired = 0
        while self._timers and fired < _BATCH and await self._fire_timer():
            fired += 1
        return fired

    async def _fire_timer(self) -> bool:
        """The one that is due for the longest. False if there is none."""
        job = None
        try:
            async with self._database.write(lock_s=LOCK_S) as tx:
                job = await tx.fetch_one(
                    Job,
                    "select id, kind, ref, due_at, attempts, payload from job"
                    " where due_at <= %s and kind = any(%s) and dead_at is null"
                    " order by due_at limit 1 for update skip locked",
                    (self._clock.now(), list(self._timers)),
                )
                if job is None:
                    return False
                await self._timers[job.kind].handler(tx, job)
                await tx.execute("delete from job where id = %s", (job.id,))
        except Exception as error:
            if job is None or is_outage(error):
                raise
            await self._put_off(job, error)
        return True

    async def _put_off(self, job: Job, error: Exception) -> None:
        """What somebody else holds is tried again soon, and the other timers now; what failed, later and later."""
        held_up = isinstance(error, psycopg.errors.LockNotAvailable)
        if not held_up:
            log.error("timer_failed", kind=job.kind, ref=job.ref, exc_info=error)
        async with self._database.write() as tx:
            ours = "select 1 from job where id = %s and due_at = %s and attempts = %s for update"
            if not await tx.fetch_value(ours, (job.id, job.due_at, job.attempts)):
                return
            if held_up:
                await tx.execute(
                    "update job set due_at = %s, last_error = %s where id = %s",
                    (self._clock.now() + _HELD_UP, in_short(error), job.id),
                )
            else:
                await self._note_failure(tx, job, self._timers[job.kind].tries, error)

    async def _start_tasks(self) -> int:
        room = _PARALLEL_TASKS - len(self._running)
        if not self._tasks or room <= 0:
            return 0
        now = self._clock.now()
        leases = {kind: now + task.lease for kind, task in self._tasks.items()}
        async with self._database.write() as tx:
            jobs = await tx.fetch_all(
                Job, _LEASE, {"now": now, "kinds": array(leases), "until": array(leases.values()), "room": room}
            )
        for job in sorted(jobs, key=lambda job: job.due_at):
            running = asyncio.create_task(self._run_task(job, leased_until=leases[job.kind]))
            self._running.add(running)
            running.add_done_callback(self._finished)
        return len(jobs)

    def _finished(self, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._writer.wake()

    async def _run_task(self, job: Job, leased_until: datetime) -> None:
        task = self._tasks[job.kind]
        outcome: Exception | datetime | None = None
        try:
            await task.handler(job)
            if isinstance(task, Periodic):
                outcome = self._clock.now() + task.every
        except RetryLater as later:
            outcome = self._clock.now() + later.after
        except Exception as failure:
            log.exception("task_failed", kind=job.kind, ref=job.ref, attempts=job.attempts)
            outcome = failure
        try:
            await self._settle(task, job, leased_until, outcome)
        except Exception as failure:  # noqa: BLE001  (the lease runs out and the task is repeated)
            log.warning("job_unsettled", kind=job.kind, ref=job.ref, cause=repr(failure))

    async def _settle(
        self, task: Task | Periodic, job: Job, leased_until: datetime, outcome: Exception | datetime | None
    ) -> None:
        """An error, when it wants to be called again, or None: it is done. Not if the lease has run out meanwhile."""
        if outcome is None:
            await self._ended.submit((job.id, leased_until))
            return
        async with self._database.write() as tx:
            ours = "select 1 from job where id = %s and due_at = %s for update"
            if not await tx.fetch_value(ours, (job.id, leased_until)):
                return
            if isinstance(outcome, datetime):
                await tx.execute(
                    "update job set due_at = %s, attempts = 0, last_error = null, failing_since = null where id = %s",
                    (outcome, job.id),
                )
            else:
                await self._note_failure(tx, job, task.tries, outcome)

    async def _end(self, done: Sequence[tuple[int, datetime]]) -> list[None]:
        """Tasks that are done, with the ends of their leases. In the order in which jobs are written, too."""
        async with self._database.write() as tx:
            await tx.execute(
                "with ours as (select j.id from job j join unnest(%s::bigint[], %s::timestamptz[]) d(id, leased_until)"
                " on j.id = d.id and j.due_at = d.leased_until order by kind, ref for update of j)"
                " delete from job where id in (select id from ours)",
                (array(job_id for job_id, _ in done), array(until for _, until in done)),
            )
        return [None] * len(done)

    async def _note_failure(self, tx: WriteSession, job: Job, tries: int | None, error: Exception) -> None:
        """Try it again later, or give it up. What is nobody's fault costs no try."""
        counts = not is_nobodys_fault(error)
        attempts = job.attempts + counts
        dead = tries is not None and attempts >= tries
        if dead:
            log.error("job_given_up", kind=job.kind, ref=job.ref, tries=attempts, error=in_short(error))
        now = self._clock.now()
        await tx.execute(
            "update job set attempts = %(attempts)s, due_at = %(again)s, last_error = %(error)s,"
            " failing_since = coalesce(failing_since, %(now)s), dead_at = %(dead_at)s where id = %(id)s",
            {
                "attempts": attempts,
                "again": now + (back_off(job.attempts) if counts else _OUTAGE_PAUSE),
                "error": in_short(error),
                "now": now,
                "dead_at": now if dead else None,
                "id": job.id,
            },
        )
