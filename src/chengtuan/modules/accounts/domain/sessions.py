"""How long a session lasts, and the token that opens it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

_TOKEN_BYTES = 32
_MAX_TOKEN = 128


class SessionKind(StrEnum):
    SHOPPER = "shopper"
    STAFF = "staff"


LIFETIME = {SessionKind.SHOPPER: timedelta(days=30), SessionKind.STAFF: timedelta(hours=12)}
RENEW_AFTER = timedelta(days=1)
"""A session in use is prolonged at most this often; so a staff session ends 12 hours after signing in."""


@dataclass(frozen=True, slots=True)
class Token:
    """A new session's secret: the text goes to the client, only its hash is stored."""

    text: str
    hash: bytes


def new_token() -> Token:
    text = secrets.token_urlsafe(_TOKEN_BYTES)
    return Token(text, sha256(text.encode()).digest())


def token_hash(text: str) -> bytes | None:
    """What a client's token is looked up by; None for a text that cannot be one of ours."""
    if not text.isascii() or len(text) > _MAX_TOKEN:
        return None
    return sha256(text.encode()).digest()
