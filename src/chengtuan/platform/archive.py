"""The months of a module's archive of events: made ahead, and dropped whole when they have been kept long enough.

Events go into `event_archive` with the transaction that causes them. Its partitions are named after their month in
UTC; whatever has no month of its own lies in `event_archive_rest` and moves when its month is made.
"""

from datetime import UTC, datetime

import structlog

from chengtuan.platform.database import Database

log = structlog.get_logger(__name__)
_AHEAD = 2
_LOCK_S = 0.5
"""Whoever emits an event waits behind us for so long at most; if it is not enough, the next sweep tries again."""


def month_of(instant: datetime, *, later: int = 0) -> datetime:
    """The first instant of the month in UTC, or of one some months later."""
    instant = instant.astimezone(UTC)
    months = instant.year * 12 + instant.month - 1 + later
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


async def keep_months(database: Database, now: datetime, *, kept: int) -> list[str]:
    """Make this month and the next ones, and those of what lies without one; drop what is older than `kept` months.

    The names of those that were dropped.
    """
    there = await _partitions(database)
    oldest = month_of(now, later=-kept)
    wanted = {month_of(now, later=later) for later in range(_AHEAD + 1)} | await _months_without(database)
    for month in sorted(month for month in wanted if month >= oldest):
        if _name(month) not in there:
            await _make(database, month)
    old = sorted(name for name in there if name < _name(oldest))
    for name in old:
        async with database.write(lock_s=_LOCK_S) as tx:
            await tx.execute(f"drop table {name}")
    async with database.write(lock_s=_LOCK_S) as tx:  # what is too old to get a month is forgotten as well
        await tx.execute("delete from event_archive_rest where occurred_at < %s", (oldest,))
    if old:
        log.info("events_forgotten", module=database.module, months=old)
    return old


def _name(month: datetime) -> str:
    return f"event_archive_{month:%Y_%m}"


async def _partitions(database: Database) -> set[str]:
    async with database.read() as db:
        rows = await db.fetch_tuples(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = 'event_archive'::regclass and c.relname <> 'event_archive_rest'"
        )
    return {str(name) for (name,) in rows}


async def _months_without(database: Database) -> set[datetime]:
    async with database.read() as db:
        rows = await db.fetch_tuples(
            "select distinct date_trunc('month', occurred_at, 'UTC') from event_archive_rest",
        )
    return {month_of(month) for (month,) in rows}


async def _make(database: Database, month: datetime) -> None:
    """A table beside the others takes what lies without a month, then becomes a part of the archive."""
    name, start, end = _name(month), month.isoformat(), month_of(month, later=1).isoformat()
    async with database.write(lock_s=_LOCK_S) as tx:
        await tx.execute("lock table event_archive_rest in access exclusive mode")
        await tx.execute(f"create table {name} (like event_archive including defaults including indexes)")
        await tx.execute(
            "with moved as (delete from event_archive_rest where occurred_at >= %s and occurred_at < %s returning *)"
            f" insert into {name} select * from moved",
            (start, end),
        )
        await tx.execute(f"alter table event_archive attach partition {name} for values from ('{start}') to ('{end}')")
