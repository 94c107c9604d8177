from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.sessions.rules import SessionKind
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """`absorbed` are the accounts that were united into the subject's."""

    token_hash: bytes
    subject_id: UUID
    absorbed: list[UUID]
    renewed_at: datetime


async def insert_session(
    tx: WriteSession, token_hash: bytes, kind: SessionKind, subject_id: UUID, expires_at: datetime
) -> None:
    now = tx.clock.now()
    await tx.execute(
        "insert into session (token_hash, kind, subject_id, created_at, renewed_at, expires_at)"
        " values (%s, %s, %s, %s, %s, %s)",
        (token_hash, kind.value, subject_id, now, now, expires_at),
    )


async def find_shopper_sessions(
    db: ReadSession | WriteSession, token_hashes: Sequence[bytes], now: datetime
) -> list[SessionRow]:
    """Those that are still open."""
    return await db.fetch_all(
        SessionRow,
        "select token_hash, subject_id, array(select id from person where united_into = subject_id) as absorbed,"
        " renewed_at from session"
        " where token_hash = any(%s::bytea[]) and kind = 'shopper' and expires_at > %s",
        (array(token_hashes), now),
    )


async def renew_session(tx: WriteSession, token_hash: bytes, *, last_renewed: datetime, expires_at: datetime) -> None:
    """Only the first of several requests that notice that it is time does it."""
    await tx.execute(
        "update session set renewed_at = %s, expires_at = %s where token_hash = %s and renewed_at = %s",
        (tx.clock.now(), expires_at, token_hash, last_renewed),
    )


async def delete_session(tx: WriteSession, token_hash: bytes, kind: SessionKind) -> None:
    await tx.execute("delete from session where token_hash = %s and kind = %s", (token_hash, kind.value))


async def hand_over_sessions(tx: WriteSession, subject_id: UUID, heir_id: UUID) -> None:
    await tx.execute("update session set subject_id = %s where subject_id = %s", (heir_id, subject_id))


async def delete_sessions_of(tx: WriteSession, subject_id: UUID, *, but: bytes = b"") -> int:
    """All of them, or all but one; how many there were."""
    return await tx.execute("delete from session where subject_id = %s and token_hash <> %s", (subject_id, but))


async def count_sessions(db: ReadSession, subject_ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """How many are open of each; who has none is left out."""
    if not subject_ids:
        return {}
    rows = await db.fetch_tuples(
        "select subject_id, count(*) from session where subject_id = any(%s) and expires_at > %s group by subject_id",
        (list(subject_ids), now),
    )
    return dict(rows)
