"""Work that a module looks for again and again, where a job for each piece of it would be too many."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chengtuan.platform.health import Part


@dataclass(frozen=True, slots=True)
class Loop:
    """`once` does some of what there is to do and says how much that was; at 0 there is a pause.

    It runs in every process of the module at once: `once` sees to it that they do not get into each other's way.
    """

    name: str
    once: Callable[[], Awaitable[int]]
    pause_s: float = 1.0

    async def run(self, part: Part) -> None:
        """Until cancelled. Raises what `once` raises."""
        while True:
            done = await self.once()
            part.works()
            if not done:
                await asyncio.sleep(self.pause_s)
