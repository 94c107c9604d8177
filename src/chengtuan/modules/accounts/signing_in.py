"""The last steps of every way of signing in: who it is, and a new session."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.domain.nicknames import AVATARS, generate_nickname
from chengtuan.modules.accounts.domain.sessions import SPANS, SessionKind, new_token, token_hash
from chengtuan.modules.accounts.own_profile import OwnProfile
from chengtuan.modules.accounts.repository import devices, people, sessions
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` is shown this once; nobody can read it back."""

    token: str
    expires_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`device` is what the client shows to be known from now on."""

    session: OpenedSession
    device: str
    profile: OwnProfile


def newcomer(clock: Clock, language: str, *, phone: bytes | None = None, openid: bytes | None = None) -> PersonRow:
    """A person on the first visit, with a friendly name and picture until they choose their own.

    `phone` and `openid` are encrypted.
    """
    return PersonRow(
        id=new_id(),
        nickname=generate_nickname(language, secrets.choice),
        avatar=secrets.choice(AVATARS),
        language=language,
        phone=phone,
        openid_sealed=openid,
        openid=None,
        created_at=clock.now(),
    )


async def open_session(tx: WriteSession, kind: SessionKind, subject_id: UUID) -> OpenedSession:
    token = new_token()
    now, span = tx.clock.now(), SPANS[kind]
    expires_at = span.expiry(now, now)
    await sessions.insert_session(tx, token.hash, kind, subject_id, expires_at)
    return OpenedSession(token.text, expires_at, span.ends(now))


async def know_device(tx: WriteSession, kind: SessionKind, subject_id: UUID, shown: str | None) -> str:
    """The device's token: the one it has if this person signed in on it before, else a new one."""
    hashed = token_hash(shown) if shown else None
    if shown and hashed and await devices.find_owner(tx, hashed, kind, tx.clock.now()) == subject_id:
        await devices.keep_device(tx, hashed, kind, subject_id)
        return shown
    token = new_token()
    await devices.keep_device(tx, token.hash, kind, subject_id)
    return token.text


async def welcome(
    tx: WriteSession, keys: KeyRing, person: PersonRow, language: str, device: str | None = None
) -> SignedIn:
    """Open a shopper's session; messages follow the language of the device last used to sign in.

    The account is locked: united with another one at this very moment, it is signed in as that one.
    """
    if (now := await people.lock_person(tx, person.id)) != person.id:
        united = await people.find_person(tx, now)
        assert united is not None, "it is locked"
        person = united
    await people.update_language(tx, person.id, language)
    session = await open_session(tx, SessionKind.SHOPPER, person.id)
    known = await know_device(tx, SessionKind.SHOPPER, person.id, device)
    return SignedIn(session, known, OwnProfile.of(keys, replace(person, language=language)))
