"""Work that fails again and again: events and jobs of one module that a person should look at.

Work is *dead* when it was given up after its tries; nothing happens to it until somebody tries it again or sets it
aside. Work that is never given up is listed as well once it has failed for a while.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString, TypeAlias

import structlog

from chengtuan.kernel.pagination import MAX_LIMIT, Page, bigint, decode_cursor, encode_cursor, instant, page_of, words
from chengtuan.platform.database import Database, ReadSession, WriteSession

log = structlog.get_logger(__name__)
WorkKind: TypeAlias = Literal["event", "job"]
SEEN_FROM_TRIES = 8
"""Work that is still tried is listed after so many failures: some minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckWork:
    """`about` is the event's key or the job's ref. `held_back` are later events of that key which wait for this one."""

    kind: WorkKind
    id: int
    name: str
    consumer: str | None
    about: str
    since: datetime
    tries: int
    dead: bool
    held_back: int
    last_error: str


_LIST: LiteralString = (
    "select * from ("
    "select 'event' as kind, seq as id, name, consumer, key as about, created_at as since, attempts as tries,"
    " dead_at is not null as dead, (select count(*) from outbox b where b.consumer = o.consumer and b.key = o.key"
    "   and b.seq > o.seq and b.set_aside_at is null) as held_back, coalesce(last_error, '') as last_error"
    " from outbox o where attempts > 0 and set_aside_at is null and (dead_at is not null or attempts >= %(from)s)"
    " union all"
    " select 'job', id, kind, null, ref, failing_since, attempts, dead_at is not null, 0, coalesce(last_error, '')"
    " from job where failing_since is not null and (dead_at is not null or attempts >= %(from)s)"
    ") w where %(since)s::timestamptz is null or (since, id, kind) > (%(since)s, %(id)s::bigint, %(kind)s::text)"
    " order by since, id, kind limit %(limit)s"
)


async def list_stuck(db: ReadSession, *, cursor: str | None = None, limit: int = MAX_LIMIT) -> Page[StuckWork]:
    """The oldest first. Raises BadCursor."""
    since, number, kind = decode_cursor(cursor, [instant, bigint, words]) or (None, None, None)
    page = {"from": SEEN_FROM_TRIES, "since": since, "id": number, "kind": kind, "limit": limit + 1}
    found = await db.fetch_all(StuckWork, _LIST, page)
    return page_of(found, limit, lambda work: encode_cursor(work.since.isoformat(), work.id, work.kind))


async def list_all_stuck(db: ReadSession) -> list[StuckWork]:
    """However much it is."""
    page = await list_stuck(db)
    found = page.items
    while page.next_cursor:
        page = await list_stuck(db, cursor=page.next_cursor)
        found += page.items
    return found


async def count_dead(db: ReadSession) -> int:
    return int(
        await db.fetch_value(
            "select (select count(*) from outbox where attempts > 0 and dead_at is not null and set_aside_at is null)"
            " + (select count(*) from job where failing_since is not null and dead_at is not null)"
        )
    )


async def try_again(database: Database, kind: WorkKind, ids: Sequence[int]) -> int:
    """Give stuck work all its tries once more, beginning now; how much there was."""
    async with database.write() as tx:
        now = tx.clock.now()
        if kind == "event":
            count = await tx.execute(
                "update outbox set attempts = 0, dead_at = null, next_try_at = %s"
                " where seq = any(%s) and attempts > 0 and set_aside_at is null",
                (now, list(ids)),
            )
        else:
            count = await tx.execute(
                "update job set attempts = 0, failing_since = null, dead_at = null, due_at = %s"
                " where id = any(%s) and failing_since is not null",
                (now, list(ids)),
            )
        tx.after_commit(database.wake)
    return count


async def set_aside(database: Database, kind: WorkKind, ids: Sequence[int], *, by: str) -> int:
    """Never try this work again; how much there was. What an event held back goes on without it.

    An event is kept for a while as a record; a job is gone, and may be scheduled anew. `by` goes into the log.
    """
    async with database.write() as tx:
        count = await _set_aside(tx, kind, list(ids))
        tx.after_commit(database.wake)
    log.warning("work_set_aside", module=database.module, kind=kind, ids=list(ids), count=count, by=by)
    return count


async def _set_aside(tx: WriteSession, kind: WorkKind, ids: list[int]) -> int:
    if kind == "event":
        return await tx.execute(
            "update outbox set set_aside_at = %(now)s, dead_at = coalesce(dead_at, %(now)s)"
            " where seq = any(%(ids)s) and attempts > 0 and set_aside_at is null",
            {"now": tx.clock.now(), "ids": ids},
        )
    return await tx.execute("delete from job where id = any(%s) and failing_since is not null", (ids,))
