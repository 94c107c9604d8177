"""The sandbox's own watch: the shared clock, and a skew for what it writes on its messages."""

from datetime import UTC, datetime

from chengtuan.gateways.wechat.parsing import required_instant
from chengtuan.kernel.clock import SHANGHAI, Clock

from .store import Store


class SandboxTime:
    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        row = store.one("SELECT value FROM state WHERE name = 'skew_s'")
        self.skew_s = int(row["value"]) if row else 0

    def now(self) -> float:
        """Seconds since 1970; what timers and expiries are measured with."""
        return self._clock.now().timestamp()

    def stamp(self) -> int:
        """The time that is written under signatures: wrong on purpose if the clock is skewed."""
        return int(self.now()) + self.skew_s

    def set_skew(self, seconds: int) -> None:
        self.skew_s = seconds
        self._store.run("INSERT OR REPLACE INTO state (name, value) VALUES ('skew_s', ?)", str(seconds))


def wire_time(seconds: float | None) -> str | None:
    """A time as the partner writes it: in China's zone, to the second."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), SHANGHAI).isoformat()


def desk_time(seconds: float | None) -> str | None:
    """A time as the desk's JSON writes it: UTC with Z."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def from_wire(text: str) -> float:
    """Seconds since 1970 of a time with a zone; ValueError otherwise."""
    return required_instant({"time": text}, "time").timestamp()
