"""How far a proof is: a bar that moves at a terminal, a line now and then elsewhere."""

import sys
import time
from dataclasses import dataclass, field

_WIDTH = 24
_EVERY_S = 15.0


@dataclass
class Progress:
    """One proof's. `total` is in rounds."""

    title: str
    total: int
    done: int = 0
    note: str = ""
    _began: float = field(default_factory=time.monotonic)
    _shown: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def step(self, note: str = "") -> None:
        self.done += 1
        self.note = note
        if sys.stdout.isatty():
            self._write(f"\r{self._line()}\x1b[K")
        elif time.monotonic() - self._shown >= _EVERY_S:
            self._shown = time.monotonic()
            self._write(f"{self._line()}\n")

    def tell(self, words: str) -> None:
        """At once and in full: whoever stops a run half-way knows what it has found."""
        self._write(f"\r\x1b[K  {words}\n" if sys.stdout.isatty() else f"  {words}\n")

    def end(self, verdict: str) -> None:
        before, after = ("\r", "\x1b[K\n") if sys.stdout.isatty() else ("", "\n")
        self._write(f"{before}  {self.title:<24} {self.seconds:7.1f} s  {verdict}{after}")

    def _line(self) -> str:
        full = _WIDTH * self.done // max(1, self.total)
        bar = "#" * full + "." * (_WIDTH - full)
        return f"  {self.title:<24} {self.seconds:7.1f} s  [{bar}] {self.done}/{self.total} {self.note}"

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
