"""What the provider allows for the refunds of one payment, so that it need not refuse them."""

from datetime import datetime, timedelta

from chengtuan.modules.payments.rules.refund import Trouble

MOST_REFUNDS = 50
"""Requests under different numbers; those that it closed later count as well."""
LONGEST = timedelta(days=365)
"""After the payment."""
PAUSE = timedelta(seconds=65)
"""Between two refunds of one payment; the provider wants a minute."""


def limit_reached(*, asked: int, paid_at: datetime, now: datetime) -> Trouble | None:
    """Why the provider would refuse one more refund for good; `asked` counts the earlier ones. None: it may go."""
    if now - paid_at > LONGEST:
        return Trouble.TOO_OLD
    return Trouble.TOO_MANY if asked >= MOST_REFUNDS else None
