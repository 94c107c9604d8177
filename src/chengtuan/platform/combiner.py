"""Writes contended rows in batches: what arrives while a commit is under way goes into the next one.

One lane is one transaction at a time; requests for the same hot row should share a lane. The answer
to a request is given after its batch has committed, so an answer is as durable as without batching.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import psycopg
import structlog
from psycopg import errors

from chengtuan.kernel.problems import Overloaded, Problem

log = structlog.get_logger(__name__)
C = TypeVar("C")
R = TypeVar("R")
Run = Callable[[Sequence[C]], Awaitable[Sequence[R | Problem]]]
"""Executes commands in one transaction; a Problem refuses one command without harming the others."""

MAX_BATCH = 128
MAX_WAITING = 5000


class Combiner(Generic[C, R]):
    """One lane."""

    def __init__(self, run: Run[C, R], *, max_batch: int = MAX_BATCH, max_waiting: int = MAX_WAITING) -> None:
        self._run = run
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._queue: list[tuple[C, asyncio.Future[R]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, command: C) -> R:
        """The command's result after the commit. Raises its Problem, or Overloaded if too many wait."""
        if len(self._queue) >= self._max_waiting:
            raise Overloaded(retry_after_s=1)
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._queue.append((command, answer))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._queue:
                batch, self._queue = self._queue[: self._max_batch], self._queue[self._max_batch :]
                await self._execute(batch)
        finally:
            self._worker = None

    async def _execute(self, batch: Sequence[tuple[C, asyncio.Future[R]]]) -> None:
        try:
            results = await self._run([command for command, _ in batch])
        except Exception as error:  # noqa: BLE001  (each command learns its own fate below)
            if len(batch) == 1 or _is_outage(error):
                for _, answer in batch:
                    _answer(answer, error)
                return
            log.warning("batch_split", size=len(batch), error=repr(error))
            for item in batch:
                await self._execute([item])
            return
        for (_, answer), result in zip(batch, results, strict=True):
            _answer(answer, result)


def _is_outage(error: Exception) -> bool:
    """The database is away: trying the commands one by one would only make everybody wait longer."""
    conflict = isinstance(error, errors.DeadlockDetected | errors.SerializationFailure)
    return isinstance(error, psycopg.OperationalError) and not conflict


def _answer(future: asyncio.Future[R], result: R | Exception) -> None:
    if future.done():  # whoever asked has gone away; the effect stands and a retry finds it
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


class Lanes(Generic[C, R]):
    """Several combiners; commands with the same key always share one."""

    def __init__(self, run: Run[C, R], count: int) -> None:
        self._lanes = [Combiner(run) for _ in range(count)]

    async def submit(self, key: str, command: C) -> R:
        return await self._lanes[hash(key) % len(self._lanes)].submit(command)
