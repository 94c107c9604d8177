"""When a flash sale may be."""

from datetime import datetime, timedelta

from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.trade.flash.problems import BadFlashTimes

MIN_SLOT = timedelta(minutes=10)
MAX_SLOT = timedelta(hours=24)
WITHIN = timedelta(days=60)


def check_slot(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises BadFlashTimes (reason)."""
    if ends_at <= now:
        raise BadFlashTimes(reason="ends_in_the_past")
    if ends_at <= starts_at:
        raise BadFlashTimes(reason="ends_before_it_starts")
    if ends_at - starts_at < MIN_SLOT:
        raise BadFlashTimes(reason="too_short")
    if ends_at - starts_at > MAX_SLOT:
        raise BadFlashTimes(reason="too_long")
    if ends_at > now + WITHIN:
        raise BadFlashTimes(reason="too_far_away")


def day_of(now: datetime) -> datetime:
    """When the day began in Shanghai."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
