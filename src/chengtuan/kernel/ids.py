"""Identifiers: UUIDv7 (RFC 9562), made in the application, in rising order within a process."""

import secrets
import threading
import time
from uuid import UUID


class _Ticks:
    """48 bits of milliseconds and 12 bits of fraction, as one rising counter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last = max(time.time_ns() * 4096 // 1_000_000, self._last + 1)
            return self._last


_ticks = _Ticks()


def new_id() -> UUID:
    """A fresh UUIDv7. Ids made later in this process compare greater, even within a millisecond."""
    ticks = _ticks.next()
    milliseconds, fraction = ticks >> 12, ticks & 0xFFF
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
