"""On the PYTHONPATH of a process of the product, this takes away the guard that CARELESS names, for a control."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from chengtuan.platform import job_runner
from chengtuan.platform.database import Database
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import Job, RetryLater


def _commits_need_no_disk() -> None:
    pool = Database._pool

    def careless(self: Database, options: str, size: int) -> Any:
        return pool(self, options.replace("synchronous_commit=on", "synchronous_commit=off"), size)

    Database._pool = careless  # type: ignore[method-assign]


def _refunds_wait_for_each_other() -> None:
    init = JobRunner.__init__

    def one_by_one(
        self: JobRunner, database: Any, writer: Any, clock: Any, handlers: Sequence[Timer | Task | Periodic]
    ) -> None:
        init(self, database, writer, clock, [_in_place(handler) for handler in handlers])

    job_runner._PARALLEL_TASKS = 1
    JobRunner.__init__ = one_by_one  # type: ignore[method-assign]


def _in_place(job: Timer | Task | Periodic) -> Timer | Task | Periodic:
    if not isinstance(job, Task) or job.kind != "submit_refund":
        return job
    return replace(job, handler=_patient(job.handler))


def _patient(handler: Callable[[Job], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
    async def until_later(job: Job) -> None:
        try:
            await handler(job)
        except RetryLater as later:
            await asyncio.sleep(later.after.total_seconds())
            raise

    return until_later


{"disk": _commits_need_no_disk, "queue": _refunds_wait_for_each_other}[os.environ["CARELESS"]]()
