"""Which shop a database holds, and by which keys: what a process compares before it opens anything."""

from chengtuan.platform.installation.record import (
    FILLING,
    RESTORING,
    WHOLE,
    Connection,
    Record,
    found,
    keep_key_checks,
    read_record,
    set_state,
)
from chengtuan.platform.installation.schema import PLATFORM
from chengtuan.platform.installation.sealed import unreadable

__all__ = [
    "FILLING",
    "PLATFORM",
    "RESTORING",
    "WHOLE",
    "Connection",
    "Record",
    "found",
    "keep_key_checks",
    "read_record",
    "set_state",
    "unreadable",
]
