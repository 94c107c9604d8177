"""Progress on the terminal: one line per step, with the seconds it took."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TextIO

_LONG_AFTER_S = 3.0
_EVERY_S = 5.0


@dataclass(eq=False)
class Step:
    """A step under way; `done` is the line shown when it has ended well."""

    done: str


class Terminal:
    """Writes lines to `output`; on a real terminal a long step counts its seconds in place."""

    def __init__(self, output: TextIO | None = None) -> None:
        self._output = output or sys.stdout
        self._live = self._output.isatty()
        self._running: list[Step] = []

    def say(self, line: str) -> None:
        """Writes one line. A terminal that has gone or a disk that is full loses it, and nothing else."""
        self._write(f"{self._clear()}{line}\n")

    def news(self, line: str) -> None:
        """Writes a line about something that happened by itself, with the time of day."""
        self.say(f"{time.strftime('%H:%M:%S')}  {line}")

    @asynccontextmanager
    async def step(self, doing: str) -> AsyncIterator[Step]:
        """Shows `doing` when it takes long, and the finished step with its seconds at the end."""
        began = time.monotonic()
        step = Step(doing)
        self._running.append(step)
        ticking = asyncio.create_task(self._tick(step, doing, began))
        try:
            yield step
        finally:
            self._running.remove(step)
            ticking.cancel()
        self.say(f"  {time.monotonic() - began:6.1f} s  {step.done}")

    async def _tick(self, step: Step, doing: str, began: float) -> None:
        await asyncio.sleep(_LONG_AFTER_S)
        while True:
            line = f"  {time.monotonic() - began:6.0f} s  {doing} …"
            if not self._live:
                self.say(line)
            elif self._running[0] is step:  # one line can count for one step only
                self._write(f"{self._clear()}{line}")
            await asyncio.sleep(1.0 if self._live else _EVERY_S)

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._output.write(text)
            self._output.flush()

    def _clear(self) -> str:
        return "\r\x1b[K" if self._live else ""
