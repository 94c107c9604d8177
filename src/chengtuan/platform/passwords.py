"""Staff passwords: argon2id, computed in threads so that signing in never stops the loop."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import IntEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chengtuan.kernel.problems import Overloaded

_AT_ONCE = 2
"""Each computation takes 19 MiB and about 30 ms of one core, unless the settings say otherwise."""
_WAITING = 24
"""Strangers that may wait for a computation, and as many of each rank before them: a second or two of work."""
_CROWD = 64
"""Strangers that are dealt with at once, counting their tries included: others want the database meanwhile."""


class Rank(IntEnum):
    """Who comes before whom."""

    KNOWN = 0
    """On a device that signed in before."""
    WORKED = 1
    """Somebody who brings a proof of work, where a crowd makes that needed."""
    STRANGER = 2


class _Counter:
    """Few at a time, by rank; nobody waits behind a crowd."""

    def __init__(self) -> None:
        self._busy = 0
        self._lines: dict[Rank, deque[asyncio.Future[None]]] = {rank: deque() for rank in sorted(Rank)}

    @asynccontextmanager
    async def turn(self, rank: Rank) -> AsyncIterator[None]:
        """Raises Overloaded at once where too many wait already."""
        if self._busy < _AT_ONCE:
            self._busy += 1
        else:
            await self._wait(self._lines[rank])
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
        for line in self._lines.values():
            while line:
                waiting = line.popleft()
                if not waiting.done():
                    waiting.set_result(None)
                    return
        self._busy -= 1


@cache
def _hasher(memory_kib: int, rounds: int) -> PasswordHasher:
    return PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)


def _hash_of_nobody(memory_kib: int, rounds: int) -> str:
    """Of no password. To find that out costs the work that a known login costs; to write it down costs none."""
    return f"$argon2id$v=19$m={memory_kib},t={rounds},p=1${'A' * 22}${'A' * 43}"


class Passwords:
    def __init__(self, *, memory_kib: int = 19 * 1024, rounds: int = 2) -> None:
        self._hasher = _hasher(memory_kib, rounds)
        self._counter = _Counter()
        self._within = dict.fromkeys(Rank, 0)
        self._nobody = _hash_of_nobody(memory_kib, rounds)

    @property
    def crowded(self) -> bool:
        """Whether strangers find no room any more without work done for it."""
        return self._within[Rank.STRANGER] >= _CROWD

    @contextmanager
    def room(self, rank: Rank) -> Iterator[None]:
        """Around all that is done for one try. Raises Overloaded at once where too many strangers of a rank are."""
        if rank is not Rank.KNOWN and self._within[rank] >= _CROWD:
            raise Overloaded(retry_after_s=2)
        self._within[rank] += 1
        try:
            yield
        finally:
            self._within[rank] -= 1

    async def hash(self, password: str) -> str:
        async with self._counter.turn(Rank.KNOWN):
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str, rank: Rank = Rank.STRANGER) -> bool:
        """Whether the password belongs to a stored hash; None (nobody) takes as long and is never right.

        Raises Overloaded.
        """
        async with self._counter.turn(rank):
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
