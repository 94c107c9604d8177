"""Gives a consumer events that happened before it listened: history first, then what is live, each once.

A request is a row of `back_fill` in the schema of the module whose events they are. While it is open, the relay holds
the consumer's live events back, and a job puts archived ones into the outbox in portions, in their old order and with
numbers below every live one. From there they go the usual way: tries, dead events, the order of each key, and the
inbox, which makes sure that nothing has an effect twice. When the last one is queued the live ones follow.

All of it is rows, so whoever dies is followed by another process that goes on at the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

import structlog

from chengtuan.platform.database import Database, ReadSession, WriteSession
from chengtuan.platform.job_handlers import FOR_EVER, Task
from chengtuan.platform.jobs import Job, JobCall, RetryLater

log = structlog.get_logger(__name__)
JOB = "back_fill"
PORTION = 1000
"""So many events of the past wait in the outbox at most, but for those behind one that fails."""
_SOON = timedelta(seconds=0.5)

HISTORY: LiteralString = "o.seq < 0"
"""Of a row `o` of the outbox: it was put there again."""
FILLING: LiteralString = "select from back_fill f where f.consumer = o.consumer and f.ended_at is null"
"""Of a row `o` of the outbox: its consumer's history is being queued."""

_WAITING: LiteralString = (
    f"select exists (select from outbox d where d.consumer = o.consumer and d.key = o.key"
    "  and d.seq <= o.seq and d.attempts > 0 and d.dead_at is not null and d.set_aside_at is null) as held"
    f"  from outbox o where o.consumer = %(consumer)s and {HISTORY} and o.set_aside_at is null"
)
"""What a consumer's history still has in the outbox; `held`: by an event that was given up."""
ALL_HANDLED: LiteralString = f"not exists (select from ({_WAITING}) w where not w.held)"
_FIND: LiteralString = (
    f"with waiting as ({_WAITING})"
    " select consumer, names, from_at, case when until_seq is not null then total end as total, queued,"
    " (select count(*) from waiting) as waiting, (select count(*) from waiting where held) as held, ended_at"
    " from back_fill where consumer = %(consumer)s"
)


@dataclass(frozen=True, slots=True)
class BackFill:
    """How far it is: `total` is known once it has begun.

    Of those `queued` some are `waiting` for their consumer, and some are `held` by one that was given up.
    """

    consumer: str
    names: list[str]
    from_at: datetime
    total: int | None
    queued: int
    waiting: int
    held: int
    ended_at: datetime | None

    @property
    def done(self) -> bool:
        """Nothing is left to do, but for a person perhaps."""
        return self.ended_at is not None and self.waiting == self.held


@dataclass(frozen=True, slots=True)
class _Open:
    names: list[str]
    from_at: datetime
    begun_in: int
    until_seq: int | None
    position: int


async def begin(database: Database, consumer: str, names: Sequence[str], from_at: datetime) -> bool:
    """Ask for the events called `names` since `from_at` to be given to a consumer; False if it is being given some.

    Also those that are queued and not handled yet count: what is asked for twice would be queued twice.
    Every process must know the consumer by now: what an old one emits meanwhile would be missed.
    """
    async with database.write() as tx:
        # the last portion may be on its way: its rows are looked for once it is there
        await tx.fetch_tuples("select from back_fill where consumer = %s for update", (consumer,))
        begun = await tx.execute(
            "insert into back_fill (consumer, names, from_at, begun_in, begun_at) values (%(consumer)s, %(names)s,"
            " %(from_at)s, pg_current_xact_id()::text::bigint, %(now)s) on conflict (consumer) do update"
            " set names = excluded.names, from_at = excluded.from_at, begun_in = excluded.begun_in, until_seq = null,"
            " position = 0, total = 0, queued = 0, begun_at = excluded.begun_at, ended_at = null"
            f" where back_fill.ended_at is not null and {ALL_HANDLED}",
            {"consumer": consumer, "names": list(names), "from_at": from_at, "now": tx.clock.now()},
        )
        tx.schedule(JobCall(JOB, consumer, tx.clock.now()))
    return bool(begun)


async def stop(database: Database, consumer: str) -> int:
    """Take back what was queued and not tried, and let the live events go on; how many were taken back."""
    async with database.write() as tx:
        await _end(tx, consumer)
        taken = await tx.execute(
            f"delete from outbox o where consumer = %s and {HISTORY} and attempts = 0",
            (consumer,),
        )
        tx.after_commit(database.wake)
    return taken


async def find(db: ReadSession, consumer: str) -> BackFill | None:
    """The last one, ended or not."""
    return await db.fetch_one(BackFill, _FIND, {"consumer": consumer})


def back_fill_job(database: Database) -> Task:
    """Queues what was asked for, portion by portion."""

    async def queue(job: Job) -> None:
        while True:
            match await _queue_portion(database, job.ref):
                case "ended":
                    return
                case "full":
                    raise RetryLater(_SOON)

    return Task(JOB, queue, tries=FOR_EVER)


async def _queue_portion(database: Database, consumer: str) -> str:
    """One portion: `queued`, or `full` if it has to wait, or `ended`."""
    async with database.write() as tx:
        fill = await tx.fetch_one(
            _Open,
            "select names, from_at, begun_in, until_seq, position from back_fill"
            " where consumer = %s and ended_at is null for update",
            (consumer,),
        )
        if fill is None:
            return "ended"
        if fill.until_seq is None:
            return "queued" if await _settle_end(tx, consumer, fill) else "full"
        if await _count_due(tx, consumer) >= PORTION:
            return "full"
        if not await _copy(tx, consumer, fill):
            await _end(tx, consumer)
            log.info("history_queued", module=database.module, consumer=consumer)
        tx.after_commit(database.wake)
    return "queued"


async def _settle_end(tx: WriteSession, consumer: str, fill: _Open) -> bool:
    """Where history ends: at the newest event, as soon as nobody can commit an older one any more.

    (A number far ahead is of another server: this is a restored copy, and nobody of then writes in it.)
    """
    settled = await tx.fetch_value(
        "select %(then)s < pg_snapshot_xmin(s)::text::bigint or %(then)s > pg_snapshot_xmax(s)::text::bigint"
        " from pg_current_snapshot() as s",
        {"then": fill.begun_in},
    )
    if settled:
        await tx.execute(
            "update back_fill set (until_seq, total) = (select coalesce(max(seq), 0),"
            " count(*) filter (where occurred_at >= from_at and name = any(names)) from event_archive)"
            " where consumer = %s",
            (consumer,),
        )
    return bool(settled)


async def _count_due(tx: WriteSession, consumer: str) -> int:
    """Events of the past that nothing holds back, up to a portion."""
    return int(
        await tx.fetch_value(
            f"select count(*) from (select from outbox o where consumer = %(consumer)s and {HISTORY}"
            " and attempts = 0 and not exists (select from outbox b where b.consumer = o.consumer and b.key = o.key"
            " and b.seq < o.seq and b.attempts > 0 and b.set_aside_at is null) limit %(portion)s) as due",
            {"consumer": consumer, "portion": PORTION},
        )
    )


async def _copy(tx: WriteSession, consumer: str, fill: _Open) -> int:
    """The next portion from the archive into the outbox; how many there were. What a person set aside stays so."""
    copied, position = (
        await tx.fetch_tuples(
            "with portion as materialized (select seq, event_id, name, key, payload, occurred_at from event_archive"
            "  where seq > %(position)s and seq <= %(until)s and occurred_at >= %(from_at)s and name = any(%(names)s)"
            "  order by seq limit %(portion)s),"
            " copied as (insert into outbox (seq, event_id, consumer, name, key, payload, created_at, next_try_at)"
            "  overriding system value select nextval('outbox_history_seq'), p.* from (select event_id, %(consumer)s,"
            "   name, key, payload, occurred_at, %(now)s::timestamptz from portion where not exists ("
            "    select from outbox o where o.consumer = %(consumer)s and o.key = portion.key"
            "    and o.event_id = portion.event_id and o.attempts > 0 and o.set_aside_at is not null)"
            "   order by portion.seq) as p)"
            " select count(*), max(seq) from portion",
            {
                "position": fill.position,
                "until": fill.until_seq,
                "from_at": fill.from_at,
                "names": fill.names,
                "portion": PORTION,
                "consumer": consumer,
                "now": tx.clock.now(),
            },
        )
    )[0]
    if copied:
        await tx.execute(
            "update back_fill set position = %s, queued = queued + %s where consumer = %s", (position, copied, consumer)
        )
    return int(copied)


async def _end(tx: WriteSession, consumer: str) -> None:
    await tx.execute(
        "update back_fill set ended_at = %s where consumer = %s and ended_at is null", (tx.clock.now(), consumer)
    )
