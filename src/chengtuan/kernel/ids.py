"""Identifiers: UUIDv7 (RFC 9562), made in the application, in rising order within a process."""

import os
import struct
import threading
import time
from uuid import UUID, SafeUUID

_RANDOM = struct.Struct("512Q")
"""Random numbers are fetched so many at a time: the system's answer costs more than the rest of an id."""
_MASK = (1 << 62) - 1
_new, _set = object.__new__, object.__setattr__


class _Parts:
    """What ids are made of: 48 bits of milliseconds and 12 of fraction as one rising counter, and 62 bits by chance."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._random: list[int] = []

    def next(self) -> tuple[int, int]:
        with self._lock:
            self._last = max(time.time_ns() * 4096 // 1_000_000, self._last + 1)
            if not self._random:
                self._random += _RANDOM.unpack(os.urandom(_RANDOM.size))
            return self._last, self._random.pop() & _MASK

    def begin_anew(self) -> None:
        """In a process that was forked: the numbers that were fetched are the other's."""
        self._lock = threading.Lock()
        self._random.clear()


_parts = _Parts()
os.register_at_fork(after_in_child=_parts.begin_anew)


def new_id() -> UUID:
    """A fresh UUIDv7. Ids made later in this process compare greater, even within a millisecond."""
    ticks, random = _parts.next()
    return uuid_of(ticks >> 12 << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | random)


def uuid_of(number: int) -> UUID:
    """`UUID(int=number)` without its questions, for numbers that are known to fit: an order reads and makes dozens."""
    made = _new(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", SafeUUID.unknown)
    return made
