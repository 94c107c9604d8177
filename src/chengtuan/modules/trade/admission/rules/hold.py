"""How long a seat and stock wait for the payment of an order (rules 2 and 8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chengtuan.modules.trade.activities.rules.flash_terms import FlashTerms
from chengtuan.modules.trade.admission.rules.snapshot import ActivityState, GroupState, SkuState
from chengtuan.modules.trade.admission.rules.wish import WishLine

HOLD = timedelta(minutes=15)
SHORT_HOLD = timedelta(minutes=5)
"""While little is left, what one buyer does not pay is soon free for the next."""
_SCARCE = 10
"""Little is left when less than one in so many units is free."""


def hold_until(
    now: datetime,
    wanted: Iterable[tuple[SkuState, WishLine]],
    activity: ActivityState | None,
    group: GroupState | None,
) -> datetime:
    """Until then an order of these may be paid: no longer than its group, or its activity's hard end.

    A flash sale says it in its terms, and may be over by then.
    """
    terms = activity.terms if activity is not None else None
    if isinstance(terms, FlashTerms):
        return now + timedelta(seconds=terms.pay_within_s)
    scarce = any(_scarce(sku, activity, line.quantity) for sku, line in wanted)
    until = now + (SHORT_HOLD if scarce else HOLD)
    if group is not None and group.deadline is not None:
        return min(until, group.deadline)
    if activity is not None and terms is not None and terms.hard_end:
        return min(until, activity.ends_at)
    return until


def _scarce(sku: SkuState, activity: ActivityState | None, quantity: int) -> bool:
    if (sku.available - quantity) * _SCARCE < sku.on_hand:
        return True
    if activity is None or activity.cap is None or activity.left is None:
        return False
    return (activity.left - quantity) * _SCARCE < activity.cap
