"""Whether what was measured minute by minute stays as it is. Pure.

The middle one of all slopes between two measurements is the slope: a few that stand out, as a checkpoint makes them,
move it by nothing. What is measured while everything warms up does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

WARM_UP = 0.25
"""The share of the measurements that are left out at the beginning."""
FEWEST = 8
"""Fewer measurements say nothing."""


@dataclass(frozen=True)
class Bound:
    """How much something may grow from the first judged measurement to the last: the larger one of both."""

    share: float
    amount: float


@dataclass(frozen=True)
class Trend:
    """`growth` over all judged measurements, by the slope; `level` is their median."""

    level: float
    growth: float

    def within(self, bound: Bound) -> bool:
        return self.growth <= max(bound.share * self.level, bound.amount)


def trend(values: Sequence[float]) -> Trend:
    """Of measurements at equal distances. Raises ValueError for too few."""
    judged = values[int(len(values) * WARM_UP) :]
    if len(judged) < FEWEST:
        raise ValueError(f"{len(judged)} measurements are too few to judge, {FEWEST} would do")
    slopes = [(later - sooner) / (m - n) for (n, sooner), (m, later) in combinations(enumerate(judged), 2)]
    return Trend(median(judged), median(slopes) * (len(judged) - 1))
