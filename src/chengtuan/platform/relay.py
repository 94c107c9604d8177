"""Carries committed events from a module's outbox to their consumers, in order per key.

One process at a time relays a module's events (a session advisory lock elects it; the server frees
the lock at once when the process dies). Each consumer has a loop of its own, so one that is down
delays nobody else: it is asked again, and nothing is counted against its events. An event that
fails by itself is tried again with back-off and holds back only its own key; after its last try it
is *dead*: it waits for a person, and the later events of its key wait with it, since they were
promised in order.

While a consumer is given what happened before (see `back_fill.py`), what is live waits for it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog

from chengtuan.kernel.clock import Clock
from chengtuan.platform.back_fill import FILLING, HISTORY
from chengtuan.platform.background import Work, kept_running
from chengtuan.platform.database import Database
from chengtuan.platform.events import Envelope, OutboxWriter
from chengtuan.platform.health import Health, Part
from chengtuan.platform.inbox import HELD_UP
from chengtuan.platform.jobs import back_off

log = structlog.get_logger(__name__)
Deliver = Callable[[Sequence[Envelope]], Awaitable[dict[UUID, str]]]
"""Hands envelopes to one consumer and returns what failed. Raises if the consumer cannot work now: none was tried."""

TRIES = 24
"""After so many failures an event is given up until a person looks: an hour and a half."""

_BATCH = 256
_POLL_S = 5.0
"""What was committed here or elsewhere rings at once; this is for notifications that got lost."""
_QUIET_S = 30.0
_ELECTION_S = 2.0
_SOON_S = 0.25
_LOCK_SPACE = 0x7E1A


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    event_id: UUID
    name: str
    key: str
    payload: str
    attempts: int


class Relay:
    def __init__(
        self,
        database: Database,
        writer: OutboxWriter,
        targets: Mapping[str, Deliver],
        clock: Clock,
        health: Health,
        *,
        tries: int = TRIES,
    ) -> None:
        self._database = database
        self._writer = writer
        self._targets = targets
        self._clock = clock
        self._health = health
        self._tries = tries
        self._bells = {consumer: asyncio.Event() for consumer in targets}

    @property
    def has_consumers(self) -> bool:
        """Whether there will ever be anything to carry."""
        return bool(self._targets)

    async def run(self, part: Part) -> None:
        """Relay until cancelled, while elected. Raises what the database raises; then another process may be elected.

        Each consumer's loop is kept running by itself, and is a part of its own in this process's health.
        """
        async with await self._connect() as connection:
            await self._elected(connection, part)
            async with kept_running(self._loops(), self._health):
                await self._lead(connection, part)

    async def once(self) -> int:
        """Relay what is due now, without election; the number of events delivered. For seeding and tests."""
        counts = [await self._pass(consumer, deliver) for consumer, deliver in self._targets.items()]
        return sum(counts)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self._database.conninfo_for(), autocommit=True)

    async def _elected(self, connection: psycopg.AsyncConnection[Any], part: Part) -> None:
        """Return once this process relays the module's events. (Waiting inside the server would hold up its vacuum.)"""
        while True:
            cursor = await connection.execute(
                "select pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK_SPACE, self._database.module)
            )
            part.works()
            row = await cursor.fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(_ELECTION_S)

    async def _lead(self, connection: psycopg.AsyncConnection[Any], part: Part) -> None:
        """Ring the consumers' bells when something was committed here. Raises when the lock was lost."""
        while True:
            part.works()
            self._writer.woken.clear()
            self._ring()
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._writer.woken.wait()
            except TimeoutError:
                await connection.execute("select 1")  # the lock is ours as long as the connection stands

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.set()

    def _loops(self) -> Iterator[tuple[str, Work]]:
        for consumer, deliver in self._targets.items():
            yield f"relay {self._database.module} to {consumer}", partial(self._serve, consumer, deliver)

    async def _serve(self, consumer: str, deliver: Deliver, part: Part) -> None:
        bell = self._bells[consumer]
        while True:
            bell.clear()
            count = await self._pass(consumer, deliver)
            part.works()
            if not count:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(await self._until_next_try(consumer)):
                        await bell.wait()

    async def _pass(self, consumer: str, deliver: Deliver) -> int:
        rows = await self._due(consumer)
        if not rows:
            return 0
        failed = await deliver([Envelope(row.event_id, row.name, row.key, row.payload) for row in rows])
        await self._settle(rows, failed)
        return len(rows) - len(failed)

    async def _due(self, consumer: str) -> list[_Row]:
        async with self._database.read() as db:
            return await db.fetch_all(
                _Row,
                "select seq, event_id, name, key, payload, attempts from outbox o"
                " where consumer = %(consumer)s and next_try_at <= %(now)s and dead_at is null"
                f" and ({HISTORY} or not exists ({FILLING})) and not exists ("
                "   select 1 from outbox b where b.consumer = o.consumer and b.key = o.key and b.seq < o.seq"
                "   and b.attempts > 0 and b.set_aside_at is null"
                "   and (b.dead_at is not null or b.next_try_at > %(now)s))"
                " order by seq limit %(limit)s",
                {"consumer": consumer, "now": self._clock.now(), "limit": _BATCH},
            )

    async def _until_next_try(self, consumer: str) -> float:
        """Seconds until an event that failed is due again, or for as long as the bell can be relied on."""
        async with self._database.read() as db:
            due_at = await db.fetch_value(
                "select min(next_try_at) from outbox where consumer = %s and attempts > 0 and dead_at is null",
                (consumer,),
            )
        pause_s = (due_at - self._clock.now()).total_seconds() if due_at else _QUIET_S
        return float(min(max(pause_s, _SOON_S), _QUIET_S))

    async def _settle(self, rows: Sequence[_Row], failed: Mapping[UUID, str]) -> None:
        now = self._clock.now()
        async with self._database.write() as tx:
            if done := [row.seq for row in rows if row.event_id not in failed]:
                await tx.execute("delete from outbox where seq = any(%s)", (done,))
            for row in _culprits(rows, failed):
                # whoever waits for a lock is no try: the one that is counted keeps the key's order meanwhile
                held_up = failed[row.event_id].startswith(HELD_UP)
                attempts = max(row.attempts, 1) if held_up else row.attempts + 1
                dead = attempts >= self._tries and not held_up
                if dead:
                    log.error("event_given_up", name=row.name, key=row.key, error=failed[row.event_id])
                await tx.execute(
                    "update outbox set attempts = %s, next_try_at = %s, last_error = %s, dead_at = %s where seq = %s",
                    (
                        attempts,
                        now + back_off(row.attempts, first=0.5),
                        failed[row.event_id][:500],
                        now if dead else None,
                        row.seq,
                    ),
                )


def _culprits(rows: Sequence[_Row], failed: Mapping[UUID, str]) -> Iterator[_Row]:
    """The first that failed of each key: the others of its key were not tried, and only wait for it."""
    seen: set[str] = set()
    for row in rows:
        if row.event_id in failed and row.key not in seen:
            seen.add(row.key)
            yield row
