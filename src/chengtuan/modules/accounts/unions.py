"""Uniting two accounts of one person: who may, and what tells that the phone was proven.

A claim says that this account proved to have this phone, a moment ago, and whose it was then. It is kept by the
client alone, as an encrypted text: nothing is stored of a union that nobody goes on with.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.platform.crypto import CannotDecrypt

CLAIM_LIFETIME = timedelta(minutes=10)
"""Long enough to read what uniting means."""
_COLUMN = "accounts.union.claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """`phone_index` is the phone's blind index, `person_id` who proved to have it, `owner_id` whose account had it."""

    person_id: UUID
    owner_id: UUID
    phone_index: bytes
    expires_at: datetime


def seal_claim(ctx: Accounts, person_id: UUID, owner_id: UUID, phone_index: bytes) -> str:
    text = f"{person_id} {owner_id} {phone_index.hex()} {(ctx.clock.now() + CLAIM_LIFETIME).isoformat()}"
    return base64.urlsafe_b64encode(ctx.keys.encrypt(text, _COLUMN)).decode()


def open_claim(ctx: Accounts, sealed: str) -> Claim | None:
    """None if it was not made here."""
    try:
        text = ctx.keys.decrypt(base64.urlsafe_b64decode(sealed), _COLUMN)
    except (CannotDecrypt, binascii.Error, ValueError):
        return None
    person_id, owner_id, index, expires_at = text.split(" ")
    return Claim(UUID(person_id), UUID(owner_id), bytes.fromhex(index), datetime.fromisoformat(expires_at))


def may_be_united(one: PersonRow, other: PersonRow) -> bool:
    """Two people of WeChat stay two accounts: which of them a payment or a message is for must be certain."""
    return not (one.has_wechat and other.has_wechat)


def older_first(one: PersonRow, other: PersonRow) -> tuple[PersonRow, PersonRow]:
    """The account that stays, and the one that becomes part of it."""
    first, second = sorted((one, other), key=lambda person: (person.created_at, person.id))
    return first, second
