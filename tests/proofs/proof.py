"""What a proof is: a claim, a round that could refute it, and controls that show that it would."""

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.proofs.ground import Ground


@dataclass
class Result:
    """What one round found, or many together. No violations is what we hope for.

    `figures` are sums (orders, faults that hit, kills), `samples` are measured values whose name carries
    the unit; the page shows their p50, p99 and maximum.
    """

    figures: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[float]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        self.figures.update(other.figures)
        for name, values in other.samples.items():
            self.samples.setdefault(name, []).extend(values)
        self.violations += other.violations

    def percentile(self, name: str, share: float) -> float:
        """The smallest sample that at least `share` (0 to 1) of all do not exceed. KeyError without samples."""
        values = sorted(self.samples[name])
        return values[max(0, math.ceil(share * len(values)) - 1)]


Round = Callable[[Ground, int], Awaitable[Result]]
"""One round. All its chance comes from the seed: the same seed is the same round."""


@dataclass(frozen=True)
class Control:
    """A guard taken away: the proof's own check must now complain with words that contain `shows`.

    `without` takes the guard away in this process, and in the ground's database, while it is entered.
    `long_only`: what takes many rounds to show is left to `make prove`.
    """

    name: str
    removed: str
    shows: str
    without: Callable[[Ground], AbstractContextManager[None]]
    most_rounds: int = 20
    long_only: bool = False


def _nothing_more(total: Result, rounds: int) -> list[str]:
    return []


@dataclass(frozen=True)
class Proof:
    """`slug` names it on the command line and in the page, `rule` is the domain rule's number or numbers.

    `judge` looks at all rounds together (their number is given) and says what is still wrong with them:
    too little happened, or a measured value is out of bounds. `workers` is how many rounds may run side by
    side, each in a process of its own; 1 for what measures or starts processes. `marks` are pytest's. `small` is a
    round with less of everything, for the short version.
    """

    slug: str
    claim: str
    rule: str
    round: Round
    short: int
    long: int
    controls: Sequence[Control] = ()
    judge: Callable[[Result, int], list[str]] = _nothing_more
    workers: int = 2
    marks: Sequence[str] = ()
    patience_s: float = 600.0
    small: Round | None = None

    def control(self, name: str) -> Control:
        return next(control for control in self.controls if control.name == name)
