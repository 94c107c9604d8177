"""Devices that signed in before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.sessions.rules import DEVICE_LIFETIME, MAX_DEVICES, SessionKind
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class _Device:
    subject_id: UUID


async def find_owner(
    db: ReadSession | WriteSession, token_hash: bytes, kind: SessionKind, now: datetime
) -> UUID | None:
    """Who signed in on this device before; None if nobody, or too long ago."""
    found = await db.fetch_one(
        _Device,
        "select subject_id from device where token_hash = %s and kind = %s and expires_at > %s",
        (token_hash, kind.value, now),
    )
    return found.subject_id if found else None


async def keep_device(tx: WriteSession, token_hash: bytes, kind: SessionKind, subject_id: UUID) -> None:
    """The device signed in just now."""
    now = tx.clock.now()
    await tx.execute(
        "insert into device (token_hash, kind, subject_id, signed_in_at, expires_at) values (%s, %s, %s, %s, %s)"
        " on conflict (token_hash) do update set kind = excluded.kind, subject_id = excluded.subject_id,"
        " signed_in_at = excluded.signed_in_at, expires_at = excluded.expires_at",
        (token_hash, kind.value, subject_id, now, now + DEVICE_LIFETIME),
    )
    await _forget_oldest(tx, subject_id)


async def _forget_oldest(tx: WriteSession, subject_id: UUID) -> None:
    await tx.execute(
        "delete from device where token_hash in (select token_hash from device where subject_id = %s"
        " order by signed_in_at desc, token_hash offset %s)",
        (subject_id, MAX_DEVICES),
    )


async def hand_over_devices(tx: WriteSession, person_id: UUID, heir_id: UUID) -> None:
    await tx.execute("update device set subject_id = %s where subject_id = %s", (heir_id, person_id))
    await _forget_oldest(tx, heir_id)


async def forget_devices(tx: WriteSession, subject_id: UUID) -> int:
    """How many there were."""
    return await tx.execute("delete from device where subject_id = %s", (subject_id,))
