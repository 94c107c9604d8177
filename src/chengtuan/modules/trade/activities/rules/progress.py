"""How far a group is, said once: what is computed here is kept with the group whenever somebody pays or leaves.

Everything that orders, shows or tells of groups takes it from there.
"""

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
    """`missing` more paid people reach `goal`."""

    goal: Goal
    missing: int


def progress_of(tier_people: Sequence[int], paid: int) -> Progress:
    upcoming = next_tier(tier_people, paid)
    if upcoming is None:
        return Progress(Goal.NONE, 0)
    goal = Goal.FORM if tier_reached(tier_people, paid) is None else Goal.NEXT_TIER
    return Progress(goal, tier_people[upcoming] - paid)


@dataclass(frozen=True, slots=True)
class Filling:
    """A group's progress with its seats: `locked` of `seats` are taken, `paid` of them for good."""

    goal: str
    missing: int
    seats: int
    paid: int
    locked: int

    @property
    def held(self) -> int:
        """Seats that wait for their payment."""
        return self.locked - self.paid

    @property
    def full(self) -> bool:
        """No seat is free now."""
        return self.locked >= self.seats


def filling_of(
    goal: str | None, missing: int | None, seats: int | None, paid: int | None, locked: int | None
) -> Filling | None:
    """None where there is no group."""
    if goal is None or missing is None or seats is None or paid is None or locked is None:
        return None
    return Filling(goal, missing, seats, paid, locked)
