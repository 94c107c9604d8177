"""What runs in the background of a process, by name; each of these is kept running."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

from chengtuan.apps.composition import Composition
from chengtuan.platform.background import Work, kept_running
from chengtuan.platform.health import Part
from chengtuan.platform.stuck import count_dead

_CLOCK_LOOK_S = 0.25
_CLOCK_JUMP = timedelta(seconds=0.5)
_STUCK_LOOK_S = 60.0


@contextlib.asynccontextmanager
async def background(composition: Composition, *, own_work: bool = True) -> AsyncIterator[None]:
    """Everything in the background, while the block lasts; without `own_work` only the news between processes."""
    works = [*_news(composition), *(_own_work(composition) if own_work else ())]
    try:
        async with kept_running(works, composition.health):
            yield
    finally:
        for module in composition.running.values():
            await module.jobs.close()


def _news(composition: Composition) -> Iterator[tuple[str, Work]]:
    """Between processes: what open pages show, and that there is something to do."""
    yield "news out", composition.live.send
    yield "news in", composition.live.receive


def _own_work(composition: Composition) -> Iterator[tuple[str, Work]]:
    """Relays and jobs of the modules in this process, and who watches over them."""
    for name, module in composition.running.items():
        yield f"jobs {name}", module.jobs.run
        if module.relay.has_consumers:
            yield f"relay {name}", module.relay.run
        for loop in module.built.loops:
            yield f"{loop.name} {name}", loop.run
    yield "watch of stuck work", _StuckWatch(composition).run
    if composition.platform.clock_file is not None:
        yield "watch of the clock", _ClockWatch(composition).run


class _StuckWatch:
    """Counts from time to time what was given up, for the warnings in this process's health."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._counts: dict[str, int] = {}
        composition.health.warn("given up", self._words)

    async def run(self, part: Part) -> None:
        while True:
            await self.count(part)
            await asyncio.sleep(_STUCK_LOOK_S)

    async def count(self, part: Part) -> None:
        for name, module in self._composition.running.items():
            async with module.database.read() as db:
                self._counts[name] = await count_dead(db)
        part.works()

    def _words(self) -> str:
        return ", ".join(f"{name}: {count}" for name, count in self._counts.items() if count)


class _ClockWatch:
    """Everything that falls due is looked for anew when somebody moves the clock; a real one does not jump."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition

    async def run(self, part: Part) -> None:
        offset = self._offset()
        while True:
            part.works()
            await asyncio.sleep(_CLOCK_LOOK_S)
            before, offset = offset, self._offset()
            if abs(offset - before) > _CLOCK_JUMP:
                self._composition.wake()

    def _offset(self) -> timedelta:
        return self._composition.clock.now() - datetime.now(UTC)
