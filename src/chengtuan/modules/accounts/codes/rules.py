"""The six digits that prove a phone is in somebody's hand."""

import secrets
from datetime import timedelta
from uuid import UUID

from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.rate_limit import RateLimit

CODE_LIFETIME = timedelta(minutes=5)
MAX_ATTEMPTS = 5
REPEAT_FOR = timedelta(minutes=1)
"""So long after it was used a code gives who repeats the request the same answer again: the first may have got lost."""
RESEND_AFTER = timedelta(minutes=1)

JOB_PHONE = "accounts.job.phone"
JOB_CODE = "accounts.job.code"
"""What a code that waits for its vendor is authenticated with."""

PER_ASKER_MINUTE = RateLimit("phone_code_minute", 1, RESEND_AFTER)
"""Codes for one phone that one client address, or one known device, may ask for."""
PER_DEVICE_HOUR = RateLimit("phone_code_device", 5, timedelta(hours=1))
"""Codes that a device which signed in with this phone before may ask for, whatever others do."""
PER_PHONE_HOUR = RateLimit("phone_code_hour", 12, timedelta(hours=1))
"""Codes that all strangers together may have sent to one phone: nobody's phone shall ring all day."""


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(keys: KeyRing, code_id: UUID, code: str) -> bytes:
    """A plain hash of six digits could be reversed by trying them; this one needs the index key too."""
    return keys.blind_index(f"{code_id}:{code}", "accounts.phone_code")
