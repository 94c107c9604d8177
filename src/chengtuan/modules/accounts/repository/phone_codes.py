from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeRow:
    id: UUID
    code_hash: bytes
    attempts_left: int
    expires_at: datetime


async def replace_code(tx: WriteSession, phone_index: bytes, code: PhoneCodeRow) -> None:
    """A phone has one active code: a new one ends the one before."""
    await tx.execute(
        "insert into phone_code (phone_index, id, code_hash, attempts_left, expires_at)"
        " values (%s, %s, %s, %s, %s) on conflict (phone_index) do update set id = excluded.id,"
        " code_hash = excluded.code_hash, attempts_left = excluded.attempts_left,"
        " expires_at = excluded.expires_at",
        (phone_index, code.id, code.code_hash, code.attempts_left, code.expires_at),
    )


async def take_attempt(tx: WriteSession, phone_index: bytes) -> PhoneCodeRow | None:
    """Use up one attempt, before anything is compared. None if no code may be tried any more.

    The row stays locked until the transaction ends, so guesses sent at once are counted one by one.
    """
    return await tx.fetch_one(
        PhoneCodeRow,
        "update phone_code set attempts_left = attempts_left - 1"
        " where phone_index = %s and expires_at > %s and attempts_left > 0"
        " returning id, code_hash, attempts_left, expires_at",
        (phone_index, tx.clock.now()),
    )


async def delete_code(tx: WriteSession, phone_index: bytes) -> None:
    await tx.execute("delete from phone_code where phone_index = %s", (phone_index,))


async def is_active(db: ReadSession, phone_index: bytes, code_id: UUID, now: datetime) -> bool:
    found = await db.fetch_value(
        "select 1 from phone_code where phone_index = %s and id = %s and expires_at > %s",
        (phone_index, code_id, now),
    )
    return found is not None
