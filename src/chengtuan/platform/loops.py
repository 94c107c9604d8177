"""Work that a module looks for again and again, where a job for each piece of it would be too many."""

import asyncio
import contextlib
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
    bell: asyncio.Event | None = None
    """Ends a pause: there is something to do in this process."""

    async def run(self, part: Part) -> None:
        """Until cancelled. Raises what `once` raises."""
        while True:
            if self.bell is not None:
                self.bell.clear()
            done = await self.once()
            part.works()
            if not done:
                await self._pause()

    async def _pause(self) -> None:
        if self.bell is None:
            await asyncio.sleep(self.pause_s)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.pause_s):
                await self.bell.wait()
