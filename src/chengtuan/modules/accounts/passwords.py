"""Staff passwords: argon2id, computed in threads so that signing in never stops the loop."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chengtuan.kernel.problems import Overloaded

_AT_ONCE = 2
"""Each computation takes 19 MiB and about 30 ms of one core."""
_WAITING = 24
"""Strangers that may wait for a computation, and known devices beside them: a second or two of work."""
_CROWD = 64
"""Strangers that are dealt with at once, counting their tries included: others want the database meanwhile."""


class _Counter:
    """Few at a time, known ones first; nobody waits behind a crowd."""

    def __init__(self) -> None:
        self._busy = 0
        self._known: deque[asyncio.Future[None]] = deque()
        self._strangers: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, known: bool) -> AsyncIterator[None]:
        """Raises Overloaded at once where too many wait already."""
        if self._busy < _AT_ONCE:
            self._busy += 1
        else:
            await self._wait(self._known if known else self._strangers)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        if sum(not waiting.done() for waiting in line) >= _WAITING:
            raise Overloaded(retry_after_s=2)
        waiting = asyncio.get_running_loop().create_future()
        line.append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self._next()  # the turn had come at the same moment
            raise

    def _next(self) -> None:
        for line in (self._known, self._strangers):
            while line:
                waiting = line.popleft()
                if not waiting.done():
                    waiting.set_result(None)
                    return
        self._busy -= 1


class Passwords:
    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._counter = _Counter()
        self._strangers = 0
        self._nobody = self._hasher.hash("an unknown login costs the same work as a known one")

    @contextmanager
    def stranger(self) -> Iterator[None]:
        """Around all that is done for somebody on an unknown device. Raises Overloaded at once where too many are."""
        if self._strangers >= _CROWD:
            raise Overloaded(retry_after_s=2)
        self._strangers += 1
        try:
            yield
        finally:
            self._strangers -= 1

    async def hash(self, password: str) -> str:
        async with self._counter.turn(known=True):
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str, *, known: bool = False) -> bool:
        """Whether the password belongs to a stored hash; None (nobody) takes as long and is never right.

        `known` devices come first. Raises Overloaded.
        """
        async with self._counter.turn(known=known):
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
