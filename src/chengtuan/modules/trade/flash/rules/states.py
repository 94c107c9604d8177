"""What a flash sale is at a moment, for those who look at it."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum


class SlotState(StrEnum):
    RUNNING = "running"
    UPCOMING = "upcoming"
    ENDED = "ended"


class SaleState(StrEnum):
    UPCOMING = "upcoming"
    RUNNING = "running"
    SOLD_OUT = "sold_out"
    """It runs, and what is not paid may come back."""
    ENDED = "ended"
    STOPPED = "stopped"


def slot_state(sales: Collection[SaleState]) -> SlotState:
    """What a slot is by its sales: the clock alone does not say it, since they may all have been stopped."""
    if SaleState.RUNNING in sales or SaleState.SOLD_OUT in sales:
        return SlotState.RUNNING
    return SlotState.UPCOMING if SaleState.UPCOMING in sales else SlotState.ENDED


def sale_state(
    starts_at: datetime, ends_at: datetime, stopped_at: datetime | None, free: int, now: datetime
) -> SaleState:
    if stopped_at is not None:
        return SaleState.STOPPED
    if now < starts_at:
        return SaleState.UPCOMING
    if now >= ends_at:
        return SaleState.ENDED
    return SaleState.RUNNING if free else SaleState.SOLD_OUT
