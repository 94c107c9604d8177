"""Durable jobs: rows that fall due. A deadline, a retry and a periodic sweep are the same thing.

Two kinds of handler:

* a *timer* runs inside the transaction that claims it: its effect in the database happens exactly
  once, and it may not call anybody;
* a *task* runs outside any transaction under a lease, may call facades and gateways, and is
  repeated with back-off until it returns: it must be idempotent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class JobCall:
    """A job to be kept: `kind` names the handler, `ref` the thing it is about (unique per kind)."""

    kind: str
    ref: str
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that fell due. `attempts` counts the earlier failures."""

    id: int
    kind: str
    ref: str
    due_at: datetime
    attempts: int
    payload: dict[str, Any]


class RetryLater(Exception):
    """Raised by a task that is not finished and wants to be called again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"again after {after}")
        self.after = after


@dataclass(frozen=True, slots=True)
class Timer:
    kind: str
    handler: Callable[["WriteSession", Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """`lease` is how long a crashed attempt blocks the next one."""

    kind: str
    handler: Callable[[Job], Awaitable[None]]
    lease: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that falls due again `every` so often, in one process at a time."""

    kind: str
    handler: Callable[[Job], Awaitable[None]]
    every: timedelta
    lease: timedelta = timedelta(seconds=60)


class JobWriter:
    """Stores jobs in the transaction that wants them."""

    # an earlier row of this ref may be running and about to end: moving its time keeps it from being deleted
    _INSERT = (
        "insert into job (kind, ref, due_at, payload) values (%s, %s, %s, %s) on conflict (kind, ref)"
        " do update set due_at = least(job.due_at, excluded.due_at), payload = excluded.payload"
    )

    def __init__(self) -> None:
        self.woken = asyncio.Event()

    async def write(self, connection: AsyncConnection[Any], calls: Iterable[JobCall]) -> None:
        ordered = sorted(calls, key=lambda call: (call.kind, call.ref))  # two writers must not wait for each other
        rows = [(call.kind, call.ref, call.due_at, Jsonb(call.payload)) for call in ordered]
        if rows:
            async with connection.cursor() as cursor:
                await cursor.executemany(self._INSERT, rows)

    def wake(self) -> None:
        self.woken.set()


def back_off(attempts: int, *, first: float = 1.0, limit: float = 300.0) -> timedelta:
    """1 s, 2 s, 4 s … up to five minutes."""
    return timedelta(seconds=min(limit, first * 2 ** min(attempts, 20)))
