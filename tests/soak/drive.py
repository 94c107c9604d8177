"""Visits as fast as it goes, to see what the machine can do; or so many a second, whatever it takes."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.soak.visits import Strange, Town

_MOST_AT_ONCE = 2000
_MOST_KEPT = 20


@dataclass
class Tally:
    """`errors` by what was said, as many kinds as one can read."""

    visits: int = 0
    failed: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    async def visit(self, town: Town) -> None:
        self.visits += 1
        try:
            await town.visit()
        except (Strange, ConnectionError, TimeoutError) as error:
            self.failed += 1
            words = f"{type(error).__name__}: {error}"
            if words in self.errors or len(self.errors) < _MOST_KEPT:
                self.errors[words] += 1


async def as_fast_as_it_goes(town: Town, visitors: int, seconds: float) -> float:
    """Visits a second. Raises Strange if one of them fails."""
    until, done = time.perf_counter() + seconds, 0

    async def again() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await town.visit()
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(again() for _ in range(visitors)))
    return done / (time.perf_counter() - began)


async def so_many_a_second(town: Town, rate: float, tally: Tally) -> None:
    """Until cancelled: whoever comes does not wait for those before them. Those on their way are waited for."""
    under_way: set[asyncio.Task[None]] = set()
    due = time.perf_counter()
    try:
        while True:
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if len(under_way) >= _MOST_AT_ONCE:
                tally.failed += 1
                tally.errors["the queue grows and grows: this is more than the machine can do"] += 1
                due = time.perf_counter() + 1
                continue
            task = asyncio.create_task(tally.visit(town))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
    finally:
        await asyncio.gather(*under_way, return_exceptions=True)
