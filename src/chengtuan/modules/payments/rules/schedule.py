"""When to ask the provider again: callbacks may be late, or never come."""

from collections.abc import Sequence
from datetime import datetime, timedelta

GRACE = timedelta(seconds=60)
"""After a payment's expiry: time for the provider to close it and for the last callback."""

PAYMENT_CHECKS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600))
PAYMENT_CHECKS_EVERY = timedelta(minutes=10)
REFUND_CHECKS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800))
REFUND_CHECKS_EVERY = timedelta(hours=1)
REFUSED_PAUSE = timedelta(hours=1)
"""After a definite no: time for a person to repair the cause."""


def next_check(since: datetime, now: datetime, checks: Sequence[timedelta], every: timedelta) -> timedelta:
    """How long from `now` until the next check of something that began at `since`."""
    elapsed = now - since
    for check in checks:
        if check > elapsed:
            return check - elapsed
    return every


def next_payment_check(created_at: datetime, expires_at: datetime, now: datetime) -> timedelta:
    """As above, but the last check is at expiry and grace, when an unpaid payment is closed."""
    regular = next_check(created_at, now, PAYMENT_CHECKS, PAYMENT_CHECKS_EVERY)
    last = expires_at + GRACE - now
    return min(regular, max(last, timedelta(seconds=5)))
