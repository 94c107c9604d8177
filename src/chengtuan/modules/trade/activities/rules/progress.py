"""How far a group is, said once: everything that shows or tells of a group takes it from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chengtuan.modules.trade.activities.rules.tiers import next_tier, tier_reached


class Goal(StrEnum):
    """What the next people bring."""

    FORM = "form"
    """Enough people: without them the group fails."""
    NEXT_TIER = "next_tier"
    """It forms already; more people lower the price."""
    NONE = "none"
    """The best price is reached."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`missing` more paid people reach `goal`. `held` seats wait for their payment; `full` means none is free.

    Tiers are indexes: `current_tier` is None below the first, `next_tier` above the last.
    """

    goal: Goal
    missing: int
    held: int
    full: bool
    current_tier: int | None
    next_tier: int | None


def progress_of(tier_people: Sequence[int], *, seats: int, paid: int, locked: int) -> Progress:
    """`locked` seats are taken, `paid` of them for good; `seats` is how many there are."""
    current, upcoming = tier_reached(tier_people, paid), next_tier(tier_people, paid)
    goal = Goal.NONE if upcoming is None else Goal.FORM if current is None else Goal.NEXT_TIER
    return Progress(
        goal=goal,
        missing=0 if upcoming is None else tier_people[upcoming] - paid,
        held=locked - paid,
        full=locked >= seats,
        current_tier=current,
        next_tier=upcoming,
    )
