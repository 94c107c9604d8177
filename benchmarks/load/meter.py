"""Counts and times what was finished while it was measured."""

import time
from collections import Counter
from dataclasses import asdict, dataclass, field


@dataclass
class Meter:
    """`seconds` None: everything counts, from the first to the last.

    Where nothing was finished in that time, as of whole purchases on a busy machine, it lasts until something is:
    a rate of nothing would say nothing.
    """

    warmup_s: float
    seconds: float | None
    latencies: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.perf_counter)
    last: float = 0.0

    def __post_init__(self) -> None:
        self.start = self.began + self.warmup_s
        self.end = self.start + self.seconds if self.seconds is not None else float("inf")

    def over(self) -> bool:
        return bool(self.latencies) and time.perf_counter() >= self.end

    def finished(self, since: float, what: str, at: float | None = None) -> None:
        """Something that began at `since` (perf_counter) ended `at` some time or now, as `what`."""
        now = at or time.perf_counter()
        self.answers[what] += 1
        if self.start <= now < self.end or (now >= self.end and not self.latencies):
            self.latencies.append(now - since)
            self.last = now

    def result(self, *, ran_out: bool) -> "Result":
        """If the work ran out before the time, the rate is over the time that there was work."""
        until = self.last if ran_out or self.seconds is None else max(self.end, self.last)
        times = sorted(self.latencies)
        return Result(
            rps=len(times) / max(until - self.start, 1e-9),
            p50_ms=_quantile(times, 0.50) * 1000,
            p99_ms=_quantile(times, 0.99) * 1000,
            answers=dict(self.answers),
            ran_out=ran_out,
        )


@dataclass
class Result:
    """`answers` counts everything that was answered, warm-up included: checks need that number.

    `made`: things that were made, where these are not the units. `bought`: orders and their groups. `bodies`: what was
    answered, if it was to be kept, in the order of the requests.
    """

    rps: float
    p50_ms: float
    p99_ms: float
    answers: dict[str, int]
    ran_out: bool = False
    made: int | None = None
    bought: list[list[str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def _quantile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0
