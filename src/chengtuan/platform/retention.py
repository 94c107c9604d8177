"""Forgets what the platform's tables keep for a while only: without it they would grow for ever.

Rows go in small batches, each in a transaction of its own, so that nobody waits for a sweep and it may end anywhere;
rows that somebody uses at that moment are left for the next one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

import structlog

from chengtuan.kernel.clock import Clock
from chengtuan.platform.archive import keep_months, month_of
from chengtuan.platform.database import Database
from chengtuan.platform.job_handlers import Periodic
from chengtuan.platform.jobs import Job
from chengtuan.platform.settings import PlatformSettings

log = structlog.get_logger(__name__)
SWEEP = "forget_old_rows"
EVERY = timedelta(hours=1)
BATCH = 1000
MOST_BATCHES = 500
"""In one sweep and table; what is left is for the next one."""
_LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rule:
    """Deletes at most `%(limit)s` rows that are older than `%(before)s`, which is now less `after`.

    With `months` it is also the beginning of a month, so many before this one: the oldest whose events are kept.
    """

    table: str
    statement: LiteralString
    after: timedelta
    months: int | None = None

    def before(self, now: datetime) -> datetime:
        before = now - self.after
        return before if self.months is None else min(before, month_of(now, later=-self.months))


# an array and no subquery: a plan may run a subquery with a limit several times, and the batch has no bound then;
# a condition stands twice where rows change: one that changes meanwhile is looked at again, and may stay
_INBOX: LiteralString = (
    "delete from inbox where ctid = any(array(select ctid from inbox where handled_at < %(before)s limit %(limit)s))"
)
_SET_ASIDE: LiteralString = (
    "delete from outbox where seq = any(array(select seq from outbox where attempts > 0"
    " and set_aside_at < %(before)s limit %(limit)s))"
)
_EVENTS_WITHOUT_MONTH: LiteralString = (
    "delete from event_archive_rest where ctid = any(array(select ctid from event_archive_rest"
    " where occurred_at < %(before)s limit %(limit)s))"
)
_FULL_BUCKETS: LiteralString = (  # a bucket that is full again says the same as none
    "delete from rate_limit where key = any(array(select key from rate_limit where full_at <= %(before)s"
    " limit %(limit)s for update skip locked)) and full_at <= %(before)s"
)


def platform_rules(settings: PlatformSettings) -> list[Rule]:
    """What can be given to a consumer again is remembered at least as long as it can: it has no effect twice."""
    months = settings.event_months
    return [
        Rule("inbox", _INBOX, timedelta(days=settings.inbox_days), months),
        Rule("outbox", _SET_ASIDE, timedelta(days=settings.set_aside_days), months),
        Rule("rate_limit", _FULL_BUCKETS, timedelta()),
        Rule("event_archive_rest", _EVENTS_WITHOUT_MONTH, timedelta(), months),
    ]


async def forget(database: Database, rule: Rule) -> int:
    """Delete what the rule lets go; the number of rows."""
    total = 0
    for _ in range(MOST_BATCHES):
        async with database.write() as tx:
            bounds = {"before": rule.before(tx.clock.now()), "limit": BATCH}
            count = await tx.execute(rule.statement, bounds)
        total += count
        if count < BATCH:
            break
    return total


def sweep_job(database: Database, settings: PlatformSettings, clock: Clock) -> Periodic:
    """The sweep of a module's platform tables."""
    rules = platform_rules(settings)

    async def sweep(_: Job) -> None:
        await keep_months(database, clock.now(), kept=settings.event_months)
        gone = {rule.table: await forget(database, rule) for rule in rules}
        if any(gone.values()):
            log.info("old_rows_forgotten", module=database.module, **gone)

    return Periodic(SWEEP, sweep, every=EVERY, lease=_LEASE)
