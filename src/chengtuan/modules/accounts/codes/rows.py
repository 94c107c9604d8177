from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.retention import Rule

_FORGET: LiteralString = (
    "delete from phone_code where id in (select id from phone_code where expires_at <= %(before)s"
    " limit %(limit)s for update skip locked) and expires_at <= %(before)s"
)
EXPIRED = Rule("phone_code", _FORGET, timedelta())
"""Codes that are over and may be forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeRow:
    id: UUID
    code_hash: bytes
    attempts_left: int
    expires_at: datetime
    used_at: datetime | None = None


async def insert_code(tx: WriteSession, phone_index: bytes, request_hash: bytes, code: PhoneCodeRow) -> None:
    """Codes that others asked for, for the same phone, stay as they are."""
    await tx.execute(
        "insert into phone_code (id, request_hash, phone_index, code_hash, attempts_left, expires_at)"
        " values (%s, %s, %s, %s, %s, %s)",
        (code.id, request_hash, phone_index, code.code_hash, code.attempts_left, code.expires_at),
    )


async def use_attempt(tx: WriteSession, phone_index: bytes, request_hash: bytes) -> PhoneCodeRow | None:
    """Use up one attempt, before anything is compared. None if this request has no code that may be tried.

    The row stays locked until the transaction ends, so guesses sent at once are counted one by one.
    """
    return await tx.fetch_one(
        PhoneCodeRow,
        "update phone_code set attempts_left = attempts_left - 1"
        " where request_hash = %s and phone_index = %s and expires_at > %s and attempts_left > 0"
        " returning id, code_hash, attempts_left, expires_at, used_at",
        (request_hash, phone_index, tx.clock.now()),
    )


async def mark_used(tx: WriteSession, code_id: UUID) -> None:
    await tx.execute("update phone_code set used_at = %s where id = %s", (tx.clock.now(), code_id))


async def is_active(db: ReadSession, code_id: UUID, now: datetime) -> bool:
    found = await db.fetch_value(
        "select 1 from phone_code where id = %s and expires_at > %s and used_at is null", (code_id, now)
    )
    return found is not None
