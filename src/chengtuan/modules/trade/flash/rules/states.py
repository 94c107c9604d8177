"""What a flash sale is at a moment, for those who look at it."""

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


def slot_state(starts_at: datetime, ends_at: datetime, now: datetime) -> SlotState:
    if now < starts_at:
        return SlotState.UPCOMING
    return SlotState.RUNNING if now < ends_at else SlotState.ENDED


def sale_state(
    starts_at: datetime, ends_at: datetime, stopped_at: datetime | None, free: int, now: datetime
) -> SaleState:
    if stopped_at is not None:
        return SaleState.STOPPED
    slot = slot_state(starts_at, ends_at, now)
    if slot is SlotState.RUNNING and free == 0:
        return SaleState.SOLD_OUT
    return SaleState(slot.value)
