"""Steps inside a transaction: a session opens, a device is known, everything ends."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.sessions.rows import devices, sessions
from chengtuan.modules.accounts.sessions.rules import SPANS, SessionKind, Token, new_token, token_hash
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` is shown this once; nobody can read it back."""

    token: str
    expires_at: datetime
    ends_at: datetime | None


async def open_session(
    tx: WriteSession, kind: SessionKind, subject_id: UUID, token: Token | None = None
) -> OpenedSession:
    """Under a new secret, if the caller has none."""
    token = token or new_token()
    now, span = tx.clock.now(), SPANS[kind]
    expires_at = span.expiry(now, now)
    await sessions.insert_session(tx, token.hash, kind, subject_id, expires_at)
    return OpenedSession(token.text, expires_at, span.ends(now))


async def know_device(
    tx: WriteSession, kind: SessionKind, subject_id: UUID, shown: str | None, fresh: Token | None = None
) -> str:
    """The device's token: the one it has if this person signed in on it before, else a `fresh` one."""
    hashed = token_hash(shown) if shown else None
    if shown and hashed and await devices.find_owner(tx, hashed, kind, tx.clock.now()) == subject_id:
        await devices.keep_device(tx, hashed, kind, subject_id)
        return shown
    token = fresh or new_token()
    await devices.keep_device(tx, token.hash, kind, subject_id)
    return token.text


async def sign_out_everywhere(tx: WriteSession, staff_id: UUID, *, but: bytes = b"") -> bool:
    """All that somebody is signed in with ends, `but` for one session, and devices are not known any more.

    False if there was nothing to end.
    """
    ended = await sessions.delete_sessions_of(tx, staff_id, but=but)
    return await devices.forget_devices(tx, staff_id) + ended > 0
