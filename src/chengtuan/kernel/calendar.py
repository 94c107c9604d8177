"""The times the product reckons with: wide enough for every order, and far from the ends of the calendar.

At those ends the next step fails: an offset, a zone or a duration leads to no time at all.
"""

from datetime import UTC, datetime

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(3000, 1, 1, tzinfo=UTC)


def instant_of(value: datetime) -> datetime:
    """An instant from outside, in UTC. ValueError if it has no offset, or lies outside the calendar."""
    if value.tzinfo is None:
        raise ValueError("a time needs its offset, such as Z")
    try:
        instant = value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(_OUTSIDE) from error
    if not FIRST <= instant < LAST:
        raise ValueError(_OUTSIDE)
    return instant


_OUTSIDE = f"a time from {FIRST.year} to {LAST.year - 1} is needed"
