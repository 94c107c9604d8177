"""The six digits that prove a phone is in somebody's hand."""

import secrets
from datetime import timedelta

from chengtuan.platform.rate_limit import RateLimit

CODE_LIFETIME = timedelta(minutes=5)
MAX_ATTEMPTS = 5
RESEND_AFTER = timedelta(minutes=1)

PER_PHONE_MINUTE = RateLimit("phone_code_minute", 1, RESEND_AFTER)
PER_PHONE_HOUR = RateLimit("phone_code_hour", 5, timedelta(hours=1))


def per_address_hour(burst: int) -> RateLimit:
    """Codes that one client address may ask for, whatever the phones are."""
    return RateLimit("phone_code_address", burst, timedelta(hours=1))


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"
