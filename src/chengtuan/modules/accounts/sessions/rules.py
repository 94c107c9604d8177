"""How long a session lasts, and the secrets that open one or make a device known."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

_TOKEN_BYTES = 32
_MAX_TOKEN = 128


class SessionKind(StrEnum):
    SHOPPER = "shopper"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Span:
    """A session ends when it was not used for `idle`, and `at_most` after signing in, if that is set.

    Being used is written down at most once in `renew_after`.
    """

    idle: timedelta
    renew_after: timedelta
    at_most: timedelta | None = None

    def ends(self, created_at: datetime) -> datetime | None:
        """When it is over however much it is used."""
        return created_at + self.at_most if self.at_most else None

    def expiry(self, now: datetime, created_at: datetime) -> datetime:
        """When a session that is used now will be over if it is not used again."""
        end = self.ends(created_at)
        return min(now + self.idle, end) if end else now + self.idle


SPANS: Mapping[SessionKind, Span] = MappingProxyType(
    {
        SessionKind.SHOPPER: Span(idle=timedelta(days=30), renew_after=timedelta(days=1)),
        # a working day's pause ends it, a form that is being filled does not; a week is the longest
        SessionKind.STAFF: Span(idle=timedelta(hours=12), renew_after=timedelta(minutes=5), at_most=timedelta(days=7)),
    }
)

DEVICE_LIFETIME = timedelta(days=180)
"""How long a device counts as known after it last signed in."""
MAX_DEVICES = 20
"""Devices that are known of one person; the one that signed in longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Token:
    """A new secret: the text goes to the client, only its hash is stored."""

    text: str
    hash: bytes


def new_token() -> Token:
    text = secrets.token_urlsafe(_TOKEN_BYTES)
    return Token(text, sha256(text.encode()).digest())


def token_of(secret: bytes) -> Token:
    """The token that is made of a secret, and so can be made again."""
    text = urlsafe_b64encode(secret).decode().rstrip("=")
    return Token(text, sha256(text.encode()).digest())


def token_hash(text: str) -> bytes | None:
    """What a client's token is looked up by; None for a text that cannot be one of ours."""
    if not text.isascii() or len(text) > _MAX_TOKEN:
        return None
    return sha256(text.encode()).digest()
