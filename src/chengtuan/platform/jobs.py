"""Durable jobs: rows that fall due. A deadline, a retry and a periodic sweep are the same thing."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from json import dumps
from typing import Any

from chengtuan.platform.arrays import array
from chengtuan.platform.wire import Executes


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


LOOK_AGAIN = timedelta(seconds=5)
"""The longest that a runner waits before it looks for what falls due."""


class JobWriter:
    """Stores jobs in the transaction that wants them."""

    # an earlier row of this ref may be running and about to end: moving its time keeps it from being deleted;
    # one that was given up lives again, with all its tries
    _INSERT = (
        "insert into job (kind, ref, due_at, payload) select kind, ref, due_at, payload::jsonb"
        " from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[]) as new(kind, ref, due_at, payload)"
        # two writers must not wait for each other
        " order by kind, ref on conflict (kind, ref)"
        " do update set due_at = least(job.due_at, excluded.due_at), payload = excluded.payload,"
        " attempts = case when job.dead_at is null then job.attempts else 0 end,"
        " failing_since = case when job.dead_at is null then job.failing_since end, dead_at = null"
    )

    def __init__(self, tell_others: Callable[[], None] | None = None) -> None:
        """`tell_others` wakes the runners in other processes."""
        self._tell_others = tell_others
        self.woken = asyncio.Event()

    async def write(self, tx: Executes, calls: Iterable[JobCall]) -> None:
        wanted: dict[tuple[str, str], JobCall] = {}
        for call in calls:
            earlier = wanted.get((call.kind, call.ref))
            sooner = earlier is not None and earlier.due_at < call.due_at
            wanted[call.kind, call.ref] = replace(call, due_at=earlier.due_at) if earlier and sooner else call
        if not wanted:
            return
        rows = list(wanted.values())
        columns = (
            array(call.kind for call in rows),
            array(call.ref for call in rows),
            array(call.due_at for call in rows),
            array(dumps(call.payload) if call.payload else "{}" for call in rows),
        )
        await tx.execute(self._INSERT, columns)

    def wake(self) -> None:
        """Called after a commit: something may be due now."""
        self.woken.set()
        if self._tell_others is not None:
            self._tell_others()

    def expect(self, due_at: datetime, now: datetime) -> None:
        """Called after a commit: something falls due at that time. Whoever looks again by then need not be woken."""
        if due_at <= now + LOOK_AGAIN:
            self.wake()


def back_off(attempts: int, *, first: float = 1.0, limit: float = 300.0) -> timedelta:
    """1 s, 2 s, 4 s … up to five minutes."""
    return timedelta(seconds=min(limit, first * 2 ** min(attempts, 20)))
