"""Uniting two accounts of one person: who may, and what tells that the phone was proven.

A claim says that this account proved to have this phone, a moment ago, and whose it was then. It is kept by the
client alone, as an encrypted text: nothing is stored of a union that nobody goes on with.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from chengtuan.platform.crypto import CannotDecrypt, KeyRing

CLAIM_LIFETIME = timedelta(minutes=10)
"""Long enough to read what uniting means."""
_COLUMN = "accounts.union.claim"


class Account(Protocol):
    """What decides about two accounts."""

    @property
    def id(self) -> UUID: ...
    @property
    def has_wechat(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...


A = TypeVar("A", bound=Account)


@dataclass(frozen=True, slots=True)
class Claim:
    """`phone_index` is the phone's blind index, `person_id` who proved to have it, `owner_id` whose account had it."""

    person_id: UUID
    owner_id: UUID
    phone_index: bytes
    expires_at: datetime


def seal_claim(keys: KeyRing, claim: Claim) -> str:
    text = f"{claim.person_id} {claim.owner_id} {claim.phone_index.hex()} {claim.expires_at.isoformat()}"
    return base64.urlsafe_b64encode(keys.encrypt(text, _COLUMN)).decode()


def open_claim(keys: KeyRing, sealed: str) -> Claim | None:
    """None if it was not made here."""
    try:
        text = keys.decrypt(base64.urlsafe_b64decode(sealed), _COLUMN)
    except (CannotDecrypt, binascii.Error, ValueError):
        return None
    person_id, owner_id, index, expires_at = text.split(" ")
    return Claim(UUID(person_id), UUID(owner_id), bytes.fromhex(index), datetime.fromisoformat(expires_at))


def may_be_united(one: Account, other: Account) -> bool:
    """Two people of WeChat stay two accounts: which of them a payment or a message is for must be certain."""
    return not (one.has_wechat and other.has_wechat)


def older_first(one: A, other: A) -> tuple[A, A]:
    """The account that stays, and the one that becomes part of it."""
    first, second = sorted((one, other), key=lambda person: (person.created_at, person.id))
    return first, second
