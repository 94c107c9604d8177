"""The provider's days: from midnight to midnight in China. And which of them are to be reconciled now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from chengtuan.kernel.clock import SHANGHAI

READY_AT = time(10, 30)
"""Of the next day: the provider writes its bills from nine and has them at ten."""
WRITTEN_FROM = time(9, 0)
KEPT = timedelta(days=90)
"""How long the provider keeps bills."""
_ONE_DAY = timedelta(days=1)


class ReconciliationStatus(StrEnum):
    CLEAN = "clean"
    """Nothing is open."""
    DIFFERENCES = "differences"
    WAITING = "waiting"
    """The bill is not there yet, or the provider did not answer."""
    FAILED = "failed"
    """The bill cannot be had, or is damaged."""


_CHECK_AGAIN = {
    ReconciliationStatus.WAITING: timedelta(minutes=30),
    ReconciliationStatus.FAILED: timedelta(hours=6),
    # what was open may have been repaired since
    ReconciliationStatus.DIFFERENCES: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a day."""

    status: ReconciliationStatus
    checked_at: datetime


def bill_day_of(instant: datetime) -> date:
    """The day in whose bill something of this instant stands."""
    return instant.astimezone(SHANGHAI).date()


@lru_cache(maxsize=400)
def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day, and that of the next."""
    begin = datetime.combine(day, time(), SHANGHAI)
    return begin, datetime.combine(day + _ONE_DAY, time(), SHANGHAI)


def written_from(day: date) -> datetime:
    """Before that the day's bill was not written: it says nothing about what happened since."""
    return datetime.combine(day + _ONE_DAY, WRITTEN_FROM, SHANGHAI)


def is_over(day: date, now: datetime) -> bool:
    return day < bill_day_of(now)


def is_too_old(day: date, now: datetime) -> bool:
    return bill_day_of(now) - day > KEPT


def days_due(first: date, now: datetime, known: Mapping[date, Checked]) -> list[date]:
    """The days since `first` that should be reconciled now, the oldest first, however long nobody did it."""
    local = now.astimezone(SHANGHAI)
    last = local.date() - _ONE_DAY * (1 if local.time() >= READY_AT else 2)
    days = [first + _ONE_DAY * offset for offset in range((last - first).days + 1)]
    return [day for day in days if _is_due(day, now, known.get(day))]


def _is_due(day: date, now: datetime, known: Checked | None) -> bool:
    if known is None:
        return True
    if known.status is ReconciliationStatus.CLEAN or is_too_old(day, now):
        return False
    return now - known.checked_at >= _CHECK_AGAIN[known.status]
