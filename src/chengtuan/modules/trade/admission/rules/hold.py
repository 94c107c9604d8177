"""How long a seat and stock wait for the payment of an order (rules 2 and 8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chengtuan.modules.trade.admission.rules.snapshot import CampaignState, GroupState, SkuState
from chengtuan.modules.trade.admission.rules.wish import WishLine

HOLD = timedelta(minutes=15)
SHORT_HOLD = timedelta(minutes=5)
"""While little is left, what one buyer does not pay is soon free for the next."""
_SCARCE = 10
"""Little is left when less than one in so many units is free."""


def hold_until(
    now: datetime,
    wanted: Iterable[tuple[SkuState, WishLine]],
    campaign: CampaignState | None,
    group: GroupState | None,
) -> datetime:
    """Until then an order of these may be paid: no longer than its group, or its campaign's hard end."""
    scarce = any(_scarce(sku, campaign, line.quantity) for sku, line in wanted)
    until = now + (SHORT_HOLD if scarce else HOLD)
    if group is not None and group.deadline is not None:
        return min(until, group.deadline)
    if campaign is not None and campaign.hard_end:
        return min(until, campaign.ends_at)
    return until


def _scarce(sku: SkuState, campaign: CampaignState | None, quantity: int) -> bool:
    if (sku.available - quantity) * _SCARCE < sku.on_hand:
        return True
    cap = campaign.stock_cap if campaign else None
    return campaign is not None and cap is not None and (cap - campaign.stock_taken - quantity) * _SCARCE < cap
