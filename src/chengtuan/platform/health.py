"""What works in this process and what does not: every part that runs by itself reports here.

A part is *down* from a failure until it says that it works again, and *stuck* when it has promised to move and does
not. Either makes the process unhealthy. A *warning* is something that somebody should look at while everything works.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chengtuan.kernel.clock import SystemClock

_real = SystemClock()


@dataclass(frozen=True, slots=True)
class PartState:
    """One part as others see it. `since` is real time; `failures` counts since the process began."""

    name: str
    ok: bool
    why: str
    since: datetime
    failures: int


class Part:
    """Reports for one name. `moves_within_s`: longer than that without `works()` counts as stuck; None: never."""

    def __init__(self, name: str, moves_within_s: float | None = None) -> None:
        self.name = name
        self._moves_within_s = moves_within_s
        self._why = ""
        self._since = _real.now()
        self._moved = time.monotonic()
        self._failures = 0

    def works(self) -> None:
        """It has just done its work, or found none. Cheap: call it as often as you like."""
        self._moved = time.monotonic()
        if self._why:
            self._why, self._since = "", _real.now()

    def fails(self, why: str) -> None:
        """It does not work; `why` is a word or two that strangers may see."""
        self._failures += 1
        if not self._why:
            self._since = _real.now()
        self._why = why

    @property
    def ok(self) -> bool:
        return self.state.ok

    @property
    def state(self) -> PartState:
        why = self._why
        still_s = time.monotonic() - self._moved
        if not why and self._moves_within_s is not None and still_s > self._moves_within_s:
            why = f"has not moved for {still_s:.0f} s"
        return PartState(self.name, not why, why, self._since, self._failures)


class Health:
    """The parts of a process and its warnings."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._warnings: dict[str, Callable[[], str]] = {}

    def part(self, name: str, *, moves_within_s: float | None = None) -> Part:
        """The part of that name, made when it is first asked for; a new part works."""
        if name not in self._parts:
            self._parts[name] = Part(name, moves_within_s)
        return self._parts[name]

    def forget(self, part: Part) -> None:
        """This part has ended because it was asked to."""
        if self._parts.get(part.name) is part:
            del self._parts[part.name]

    def warn(self, name: str, look: Callable[[], str]) -> None:
        """Ask `look` at each report: the words of a warning, or nothing. It must be quick and not raise."""
        self._warnings[name] = look

    @property
    def parts(self) -> list[PartState]:
        return [part.state for part in self._parts.values()]

    @property
    def down(self) -> list[PartState]:
        return [state for state in self.parts if not state.ok]

    @property
    def warnings(self) -> Mapping[str, str]:
        return {name: words for name, look in self._warnings.items() if (words := look())}
