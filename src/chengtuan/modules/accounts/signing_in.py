"""The last steps of every way of signing in: who it is, and a new session."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.domain.nicknames import AVATARS, generate_nickname
from chengtuan.modules.accounts.domain.sessions import LIFETIME, SessionKind, new_token
from chengtuan.modules.accounts.own_profile import OwnProfile
from chengtuan.modules.accounts.repository import people, sessions
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` is shown this once; nobody can read it back."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: OpenedSession
    profile: OwnProfile


def newcomer(clock: Clock, language: str, *, phone: bytes | None = None, openid: str | None = None) -> PersonRow:
    """A person on the first visit, with a friendly name and picture until they choose their own."""
    return PersonRow(
        id=new_id(),
        nickname=generate_nickname(language, secrets.choice),
        avatar=secrets.choice(AVATARS),
        language=language,
        phone=phone,
        openid=openid,
        created_at=clock.now(),
    )


async def open_session(tx: WriteSession, kind: SessionKind, subject_id: UUID) -> OpenedSession:
    token = new_token()
    expires_at = tx.clock.now() + LIFETIME[kind]
    await sessions.insert_session(tx, token.hash, kind, subject_id, expires_at)
    return OpenedSession(token.text, expires_at)


async def welcome(tx: WriteSession, keys: KeyRing, person: PersonRow, language: str) -> SignedIn:
    """Open a shopper's session; messages follow the language of the device last used to sign in."""
    await people.update_language(tx, person.id, language)
    session = await open_session(tx, SessionKind.SHOPPER, person.id)
    return SignedIn(session, OwnProfile.of(keys, replace(person, language=language)))
