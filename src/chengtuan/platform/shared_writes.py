"""Small writes of many tasks in few transactions: what piles up while a commit is under way goes into the next one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from chengtuan.platform.combiner import LOCK_S, Combiner
from chengtuan.platform.database import Database, WriteSession

R = TypeVar("R")
Write: TypeAlias = Callable[[WriteSession], Awaitable[R]]
"""A few statements about rows that nobody else writes for long. Its events and jobs are stored with it."""
_COMPANY_S = 0.02
"""So long a write waits for others: it is a task's, and nobody waits for that."""


class SharedWrites:
    """Each write is as if it had a transaction of its own, and durable once it is answered; it only may have to be
    done again, alone, because another one of its transaction failed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lane: Combiner[Write[Any], Any] = Combiner(self._run, linger_s=_COMPANY_S)

    async def write(self, what: Write[R]) -> R:
        """What it returned, after the commit. Raises what it raises, and Overloaded."""
        result: R = await self._lane.submit(what)
        return result

    async def _run(self, batch: Sequence[Write[Any]]) -> list[Any]:
        async with self._database.write(lock_s=LOCK_S) as tx:
            return [await what(tx) for what in batch]
