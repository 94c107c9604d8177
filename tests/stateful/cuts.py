"""Cuts the line to the database in the middle of a transaction, as the death of a process does."""

import contextlib
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import pytest

from chengtuan.platform.database import Database, WriteSession

_STATEMENTS = [
    name
    for name, _ in inspect.getmembers(WriteSession, inspect.iscoroutinefunction)
    if not name.startswith("_")
]  # fmt: skip
"""Whatever can be said, so that none is forgotten."""


class Cut(psycopg.OperationalError):
    """The line is dead: what was not committed is gone, and nobody hears whether it was."""


class Scissors:
    """`arm(n)`: of all that is said inside write transactions from now on, the n-th word is the last.

    The words are the statements, then the end of the body, then the commit: after that one everything is
    stored and only the answer is lost.
    """

    def __init__(self) -> None:
        self.cuts = 0
        self._left: int | None = None

    def arm(self, words: int) -> None:
        self._left = words

    def disarm(self) -> None:
        self._left = None

    async def word(self, session: WriteSession | None) -> None:
        """One more was said. Raises Cut if it was the last."""
        if self._left is None:
            return
        self._left -= 1
        if self._left > 0:
            return
        self._left = None
        self.cuts += 1
        if session is not None:
            await session._connection.close()
        raise Cut("cut by the test")


@contextlib.contextmanager
def scissors_at_hand() -> Iterator[Scissors]:
    """All write transactions of this process pass by the scissors."""
    scissors = Scissors()
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # cut lines are no news here
    original = Database.write

    @contextlib.asynccontextmanager
    async def write(database: Database, **how: Any) -> AsyncIterator[WriteSession]:
        async with original(database, **how) as session:
            yield session
            await scissors.word(session)
        await scissors.word(None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", write)
        for name in _STATEMENTS:
            patch.setattr(WriteSession, name, _counted(getattr(WriteSession, name), scissors))
        yield scissors


def _counted(statement: Callable[..., Any], scissors: Scissors) -> Callable[..., Any]:
    async def counted(session: WriteSession, *args: Any, **kwargs: Any) -> Any:
        result = await statement(session, *args, **kwargs)
        await scissors.word(session)
        return result

    return counted
