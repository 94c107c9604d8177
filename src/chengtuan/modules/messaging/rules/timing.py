"""When a message may leave the house."""

from datetime import datetime, time, timedelta

from chengtuan.kernel.clock import SHANGHAI
from chengtuan.modules.messaging.rules.notices import NoticeTemplate

QUIET_FROM = time(22)
QUIET_UNTIL = time(8)
"""Nights in Shanghai, [22:00, 08:00)."""

AT_ANY_HOUR = frozenset(
    {
        NoticeTemplate.GROUP_FORMED,
        NoticeTemplate.GROUP_FAILED,
        NoticeTemplate.LADDER_SETTLED,
        NoticeTemplate.INITIATOR_PERK,
        NoticeTemplate.REFUND_SUCCEEDED,
        NoticeTemplate.PAYMENT_LATE,
    }
)
"""The result of the person's own order, or their money: they wait for it."""

_SETTLES = {NoticeTemplate.NUMBER_CORRECTED: timedelta(minutes=1)}
"""Whoever mistypes a number often mistypes the next one, too: only the one that stays is worth a message."""

NEWS_FOR = timedelta(days=1)
"""After that a message outside the inbox is not worth sending any more."""
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


def earliest_sending(template: NoticeTemplate, now: datetime) -> datetime:
    """`now`, or the end of the night if the message can wait for it. UTC in, UTC out."""
    if template in AT_ANY_HOUR:
        return now
    local = now.astimezone(SHANGHAI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    if local.time() >= QUIET_FROM:
        morning += timedelta(days=1)
    return morning.astimezone(now.tzinfo)


def time_to_settle(template: NoticeTemplate) -> timedelta:
    """How long later news of the same thing may take the place of this before it leaves the house."""
    return _SETTLES.get(template, timedelta(0))


def pause_after(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … one hour. `attempts` counts the tries so far, this one included."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(attempts - 1, 16)))


def is_old_news(template: NoticeTemplate, created_at: datetime, now: datetime) -> bool:
    """Whether trying further is pointless; a night's wait does not count."""
    return now - earliest_sending(template, created_at) >= NEWS_FOR
