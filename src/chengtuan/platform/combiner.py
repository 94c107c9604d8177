"""Writes contended rows in batches: what arrives while a commit is under way goes into the next one.

One lane is one transaction at a time; requests for the same hot row should share a lane. The answer
to a request is given after its batch has committed, so an answer is as durable as without batching.

Nobody waits for a row that only somebody else wants. `run` waits for locks briefly; if a batch meets one that
is held for longer, its commands step out of the lane, and whatever is asked for with the same keys joins them.
Beside the lane they are tried again and again without waiting: those that nothing holds up go through at once.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from psycopg import errors

from chengtuan.kernel.problems import Overloaded, Problem
from chengtuan.platform import deadline
from chengtuan.platform.outages import is_outage

log = structlog.get_logger(__name__)
C = TypeVar("C")
R = TypeVar("R")


class HeldUp:
    """In place of a result: somebody else holds a row of this command, which is to be tried again."""


Run = Callable[[Sequence[C]], Awaitable[Sequence[R | Problem | HeldUp]]]
"""Executes commands in one transaction; a Problem refuses one command without harming the others."""

LOCK_S = 0.25
"""How long `run` should wait for a lock: longer than a neighbour's transaction, too short to be noticed."""
MAX_BATCH = 128
MAX_WAITING = 5000
_MANY = 32
"""Of so many a transaction costs each little enough."""
_WAIT_S = 30.0
_PAUSE_S = 0.1


@dataclass(eq=False, slots=True)
class _Entry(Generic[C, R]):
    """A command that waits for its answer until `until`, monotonic."""

    key: Hashable
    command: C
    answer: "asyncio.Future[R]"
    until: float


class Combiner(Generic[C, R]):
    """One lane.

    `run_free` is `run` without waiting for locks: it answers HeldUp where it would have to. Without one, commands
    that are held up are tried singly. `linger_s`: so long a transaction waits for company, unless many came
    already; for lanes whose answers nobody waits for.
    """

    def __init__(
        self,
        run: Run[C, R],
        run_free: Run[C, R] | None = None,
        *,
        max_batch: int = MAX_BATCH,
        max_waiting: int = MAX_WAITING,
        linger_s: float = 0,
    ) -> None:
        self._run = run
        self._run_free = run_free
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._linger_s = linger_s
        self._queue: deque[_Entry[C, R]] = deque()
        self._held: dict[Hashable, deque[_Entry[C, R]]] = {}
        self._held_count = 0
        self._workers: dict[str, asyncio.Task[None]] = {}

    async def submit(self, command: C, key: Hashable = None) -> R:
        """The command's result after the commit. `key` names the row it contends for, if others want it too.

        Raises its Problem, or Overloaded if too many wait or it waited too long.
        """
        if len(self._queue) + self._held_count >= self._max_waiting:
            raise Overloaded(retry_after_s=1)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        left = deadline.remaining(_WAIT_S)
        entry = _Entry(answer if key is None else key, command, answer, time.monotonic() + left)
        if entry.key in self._held:
            self._hold(entry)
        else:
            self._queue.append(entry)
            self._start("lane", self._work)
        over = loop.call_later(left, _answer, answer, Overloaded(retry_after_s=1))
        try:
            return await answer
        finally:
            over.cancel()

    def _start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """A worker of its own: neither the time nor the log's context of whoever happened to come first."""
        if name not in self._workers:

            async def until_done() -> None:
                try:
                    await work()
                finally:
                    del self._workers[name]

            self._workers[name] = asyncio.create_task(until_done(), context=Context())

    async def _work(self) -> None:
        while self._queue:
            if self._linger_s and len(self._queue) < _MANY:
                await asyncio.sleep(self._linger_s)
            if not (batch := self._next()):
                continue
            try:
                held = await self._attempt(self._run, batch)
            except errors.LockNotAvailable:
                log.info("batch_held_up", size=len(batch))
                held = batch
            for entry in held:
                self._hold(entry)

    def _next(self) -> list[_Entry[C, R]]:
        batch: list[_Entry[C, R]] = []
        while self._queue and len(batch) < self._max_batch:
            entry = self._queue.popleft()
            if entry.answer.done():  # who has gone away wants nothing any more
                continue
            if entry.key in self._held:
                self._hold(entry)
            else:
                batch.append(entry)
        return batch

    def _hold(self, entry: _Entry[C, R]) -> None:
        self._held.setdefault(entry.key, deque()).append(entry)
        self._held_count += 1
        self._start("beside", self._work_beside)

    async def _work_beside(self) -> None:
        while batch := self._pick():
            held = await self._try_free(batch)
            for key in {entry.key for entry in held}:  # they give the others precedence the next time
                self._held[key] = self._held.pop(key)
            if len(held) == len(batch):
                await asyncio.sleep(_PAUSE_S)

    async def _try_free(self, batch: list[_Entry[C, R]]) -> list[_Entry[C, R]]:
        if self._run_free is not None:
            with contextlib.suppress(errors.LockNotAvailable):
                return await self._attempt(self._run_free, batch)
        return await self._singly(self._run_free or self._run, batch)

    async def _singly(self, run: Run[C, R], batch: Sequence[_Entry[C, R]]) -> list[_Entry[C, R]]:
        held = []
        for entry in batch:
            try:
                held += await self._attempt(run, [entry])
            except errors.LockNotAvailable:
                held.append(entry)
        return held

    def _pick(self) -> list[_Entry[C, R]]:
        """The first ones of every key, so that a long queue for one row leaves room for the others.

        The queues stay where they are, so that who comes meanwhile still goes behind them.
        """
        for key, queue in list(self._held.items()):
            living = deque(entry for entry in queue if not entry.answer.done())
            self._held_count -= len(queue) - len(living)
            if living:
                self._held[key] = living
            else:
                del self._held[key]
        each = max(1, self._max_batch // max(1, len(self._held)))
        first = [queue[n] for queue in self._held.values() for n in range(min(each, len(queue)))]
        return first[: self._max_batch]

    async def _attempt(self, run: Run[C, R], batch: Sequence[_Entry[C, R]]) -> list[_Entry[C, R]]:
        """Run a batch and answer it; those that came back held up are returned. Raises LockNotAvailable."""
        try:
            with deadline.within(max(entry.until for entry in batch) - time.monotonic()):
                results = await run([entry.command for entry in batch])
            _check_count(batch, results)
        except errors.LockNotAvailable:
            raise
        except Exception as error:  # noqa: BLE001  (each command learns its own fate below)
            if len(batch) == 1 or is_outage(error) or isinstance(error, errors.QueryCanceled):
                for entry in batch:
                    _answer(entry.answer, error)
                return []
            log.warning("batch_split", size=len(batch), error=repr(error))
            return await self._singly(run, batch)
        held = []
        for entry, result in zip(batch, results, strict=True):
            if isinstance(result, HeldUp):
                held.append(entry)
            else:
                _answer(entry.answer, result)
        return held


def _check_count(batch: Sequence[object], results: Sequence[object]) -> None:
    """Otherwise somebody would wait for an answer that never comes."""
    if len(results) != len(batch):
        raise RuntimeError(f"{len(batch)} commands got {len(results)} results")


def _answer(future: asyncio.Future[R], result: R | Exception) -> None:
    if future.done():  # whoever asked has gone away; the effect stands and a retry finds it
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
