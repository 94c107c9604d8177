"""Carries committed events from a module's outbox to their consumers, in order per key.

One process at a time relays a module's events (a session advisory lock elects it; the server frees
the lock at once when the process dies). Each consumer has a loop of its own, so one that is down
delays nobody else. A failed event is tried again with back-off and holds back only its own key.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
import structlog

from chengtuan.kernel.clock import Clock
from chengtuan.platform.database import Database
from chengtuan.platform.events import Envelope, OutboxWriter
from chengtuan.platform.jobs import back_off

log = structlog.get_logger(__name__)
Deliver = Callable[[Sequence[Envelope]], Awaitable[dict[UUID, str]]]
"""Hands envelopes to one consumer and returns what failed. May raise: then all failed."""

_BATCH = 256
_POLL_S = 0.25
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
    def __init__(self, database: Database, writer: OutboxWriter, targets: Mapping[str, Deliver], clock: Clock) -> None:
        self._database = database
        self._writer = writer
        self._targets = targets
        self._clock = clock
        self._bells = {consumer: asyncio.Event() for consumer in targets}

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            try:
                async with self._leadership():
                    await self._relay_all()
            except* (psycopg.OperationalError, OSError) as errors:  # the consumers' loops run as a group
                log.warning("relay_interrupted", module=self._database.module, error=str(errors.exceptions[0]))
            await asyncio.sleep(0.5)

    async def once(self) -> int:
        """Relay what is due now, without election; the number of events delivered. For seeding and tests."""
        counts = [await self._pass(consumer, deliver) for consumer, deliver in self._targets.items()]
        return sum(counts)

    @contextlib.asynccontextmanager
    async def _leadership(self) -> AsyncIterator[None]:
        conninfo = self._database.conninfo_for()
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            while True:
                cursor = await connection.execute(
                    "select pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK_SPACE, self._database.module)
                )
                row = await cursor.fetchone()
                if row and row[0]:
                    break
                await asyncio.sleep(1)
            watch = asyncio.create_task(self._watch())
            try:
                yield
            finally:
                watch.cancel()

    async def _watch(self) -> None:
        """Ring every consumer's bell when something was committed here."""
        while True:
            await self._writer.woken.wait()
            self._writer.woken.clear()
            self._ring(self._bells.values())

    @staticmethod
    def _ring(bells: Iterable[asyncio.Event]) -> None:
        for bell in bells:
            bell.set()

    async def _relay_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for consumer, deliver in self._targets.items():
                group.create_task(self._serve(consumer, deliver))

    async def _serve(self, consumer: str, deliver: Deliver) -> None:
        bell = self._bells[consumer]
        while True:
            bell.clear()
            if await self._pass(consumer, deliver):
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), _POLL_S)

    async def _pass(self, consumer: str, deliver: Deliver) -> int:
        rows = await self._due(consumer)
        if not rows:
            return 0
        try:
            failed = await deliver([Envelope(row.event_id, row.name, row.key, row.payload) for row in rows])
        except Exception as error:  # noqa: BLE001  (whatever it was, it is kept and tried again)
            log.warning("delivery_failed", consumer=consumer, count=len(rows), error=repr(error))
            failed = {row.event_id: repr(error) for row in rows}
        await self._settle(rows, failed)
        return len(rows) - len(failed)

    async def _due(self, consumer: str) -> list[_Row]:
        async with self._database.read() as db:
            return await db.fetch_all(
                _Row,
                "select seq, event_id, name, key, payload, attempts from outbox o"
                " where consumer = %(consumer)s and next_try_at <= %(now)s and not exists ("
                "   select 1 from outbox b where b.consumer = o.consumer and b.key = o.key and b.seq < o.seq"
                "   and b.attempts > 0 and b.next_try_at > %(now)s)"
                " order by seq limit %(limit)s",
                {"consumer": consumer, "now": self._clock.now(), "limit": _BATCH},
            )

    async def _settle(self, rows: Sequence[_Row], failed: dict[UUID, str]) -> None:
        now = self._clock.now()
        async with self._database.write() as tx:
            await tx.execute(
                "delete from outbox where seq = any(%s)",
                ([row.seq for row in rows if row.event_id not in failed],),
            )
            await tx.execute_many(
                "update outbox set attempts = attempts + 1, next_try_at = %s, last_error = %s where seq = %s",
                [
                    (now + back_off(row.attempts, first=0.5, limit=60), failed[row.event_id][:500], row.seq)
                    for row in rows
                    if row.event_id in failed
                ],
            )
