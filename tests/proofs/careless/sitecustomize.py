"""On the PYTHONPATH of a process of the product, this takes away the guard that CARELESS names, for a control."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from chengtuan.modules.trade.flash.moves.take_holds import Answer, take_holds
from chengtuan.modules.trade.flash.rules.take import HoldWish
from chengtuan.modules.trade.flash.usecases.hold_units import HoldDesk
from chengtuan.platform import job_runner
from chengtuan.platform.database import Database
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import Job, RetryLater

_BEFORE_COMMIT_S = 0.1


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


def _holds_are_answered_before_the_commit() -> None:
    under_way: set[asyncio.Task[None]] = set()

    async def take(desk: HoldDesk, wishes: Sequence[HoldWish]) -> list[Answer]:
        answered: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()

        async def commit_later() -> None:
            async with desk._ctx.database.write() as tx:
                answered.set_result(await take_holds(tx, wishes))
                await asyncio.sleep(_BEFORE_COMMIT_S)

        task = asyncio.create_task(commit_later())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.wait((task, answered), return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            await task  # what went wrong is told to whoever has no answer yet
        return answered.result()

    patch.object(HoldDesk, "_take", take).start()


{"disk": _commits_need_no_disk, "queue": _refunds_wait_for_each_other, "early": _holds_are_answered_before_the_commit}[
    os.environ["CARELESS"]
]()
