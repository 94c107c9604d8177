"""Reads many at once: look-ups that arrive while a query is under way go together into the next one.

Alone, a look-up is asked at once. Under load a query's fixed cost, which in Python is most of it, is
shared by everybody who waits. Each query begins after its look-ups were asked for, so whoever has
just written finds it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from chengtuan.kernel.problems import Overloaded
from chengtuan.platform import deadline

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
Find = Callable[[Sequence[K]], Awaitable[Mapping[K, R]]]
"""What was found, by key; keys without anything are left out."""

MAX_BATCH = 256
PARALLEL = 2
_WAIT_S = 30.0


class Gatherer(Generic[K, R]):
    """`parallel` queries may be under way; the one that nobody waits for yet is asked without delay."""

    def __init__(self, find: Find[K, R], *, parallel: int = PARALLEL) -> None:
        self._find = find
        self._parallel = parallel
        self._waiting: list[tuple[K, asyncio.Future[R | None], float]] = []
        self._workers = 0
        self._tasks: set[asyncio.Task[None]] = set()  # only to keep them from being collected

    async def find(self, key: K) -> R | None:
        """What belongs to the key, or None. Raises what the query raises, Overloaded if its turn did not come."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R | None] = loop.create_future()
        left = deadline.remaining(_WAIT_S)
        self._waiting.append((key, answer, time.monotonic() + left))
        if self._workers < self._parallel:
            self._workers += 1
            # it works for all, and not in the time of whoever came first
            self._tasks.add(task := asyncio.create_task(self._work(), context=Context()))
            task.add_done_callback(self._tasks.discard)
        over = loop.call_later(left, _refuse, answer)
        try:
            return await answer
        finally:
            over.cancel()

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                until = max(until for _, _, until in batch)
                try:
                    with deadline.within(until - time.monotonic()):
                        found = await self._find(list({key for key, _, _ in batch}))
                except Exception as error:  # noqa: BLE001  (it belongs to those who asked)
                    _give(batch, error)
                else:
                    _give(batch, found)
        finally:
            # in the same step as the last look at the queue: whoever asks after it starts a new worker
            self._workers -= 1


def _refuse(answer: "asyncio.Future[R | None]") -> None:
    if not answer.done():
        answer.set_exception(Overloaded(retry_after_s=1))


def _give(batch: Sequence[tuple[K, "asyncio.Future[R | None]", float]], outcome: Mapping[K, R] | Exception) -> None:
    for key, answer, _ in batch:
        if answer.done():  # whoever asked has gone away
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome.get(key))
