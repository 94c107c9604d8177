"""Sessions and devices that are over and may be forgotten."""

from datetime import timedelta
from typing import LiteralString

from chengtuan.platform.retention import Rule

_SESSIONS: LiteralString = (
    "delete from session where token_hash in (select token_hash from session where expires_at <= %(before)s"
    " limit %(limit)s for update skip locked) and expires_at <= %(before)s"
)
_DEVICES: LiteralString = (
    "delete from device where token_hash in (select token_hash from device where expires_at <= %(before)s"
    " limit %(limit)s for update skip locked) and expires_at <= %(before)s"
)
EXPIRED = (
    Rule("session", _SESSIONS, timedelta()),
    Rule("device", _DEVICES, timedelta()),
)
