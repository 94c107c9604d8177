"""Numbers that people read out and partners keep. Derived, never random: a retry gives the same one."""

from datetime import datetime
from uuid import UUID

from chengtuan.kernel.clock import SHANGHAI


def order_number(order_id: UUID, made_at: datetime) -> str:
    """The day in Shanghai and 14 digits of the order's id."""
    return f"{made_at.astimezone(SHANGHAI):%Y%m%d}{order_id.int % 10**14:014d}"
