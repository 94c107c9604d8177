"""Identifiers: UUIDv7 (RFC 9562), made in the application, in rising order within a process."""

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A fresh UUIDv7. Ids made later in this process compare greater, even within a millisecond."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of fraction form one rising counter
        ticks = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = ticks
    milliseconds, fraction = ticks >> 12, ticks & 0xFFF
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)
