"""The terms of a flash sale: how long somebody may wait with paying, and how many people may buy from one device."""

from dataclasses import dataclass
from typing import ClassVar

from chengtuan.modules.trade.states import ActivityKind

MIN_PAY_WITHIN_S = 300
MAX_PAY_WITHIN_S = 1800
MAX_PER_DEVICE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashTerms:
    """An order may be paid for `pay_within_s`, also beyond the sale's end. `per_device` are people, not units."""

    kind: ClassVar[ActivityKind] = ActivityKind.FLASH

    pay_within_s: int = 600
    per_device: int = 2
