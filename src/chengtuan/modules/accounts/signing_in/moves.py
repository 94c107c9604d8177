"""The last steps of every way in for shoppers: who it is, and a session."""

from dataclasses import dataclass, replace

from chengtuan.modules.accounts.people.moves import add_newcomer
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.sessions.moves import OpenedSession, know_device, open_session
from chengtuan.modules.accounts.sessions.rows import sessions
from chengtuan.modules.accounts.sessions.rules import SPANS, SessionKind, Token, new_token, token_of
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`device` is what the client shows to be known from now on."""

    session: OpenedSession
    device: str
    profile: OwnProfile


@dataclass(frozen=True, slots=True)
class Secrets:
    """What signing in hands out, where the same request shall get the same again."""

    session: Token
    device: Token

    @staticmethod
    def of(keys: KeyRing, request: str) -> "Secrets":
        """Made of a secret of the client's and of ours: neither is enough alone."""
        session, device = (
            token_of(keys.blind_index(request, f"accounts.{what}.1") + keys.blind_index(request, f"accounts.{what}.2"))
            for what in ("session_of_request", "device_of_request")
        )
        return Secrets(session, device)


async def welcome(
    tx: WriteSession,
    keys: KeyRing,
    person: PersonRow,
    *,
    language: str,
    device: str | None = None,
    secrets: Secrets | None = None,
) -> SignedIn:
    """Open a shopper's session; messages follow the language of the device last used to sign in.

    The account is locked: united with another one at this very moment, it is signed in as that one.
    """
    if (now := await people.lock_person(tx, person.id)) != person.id:
        united = await people.find_person(tx, now)
        assert united is not None, "it is locked"
        person = united
    await people.update_language(tx, person.id, language)
    secrets = secrets or Secrets(new_token(), new_token())
    session = await open_session(tx, SessionKind.SHOPPER, person.id, secrets.session)
    known = await know_device(tx, SessionKind.SHOPPER, person.id, device, secrets.device)
    return SignedIn(session, known, OwnProfile.of(keys, replace(person, language=language)))


async def welcome_again(tx: WriteSession, keys: KeyRing, secrets: Secrets, device: str | None) -> SignedIn | None:
    """What `welcome` gave before; None if that session is over."""
    found = await sessions.find_shopper_sessions(tx, [secrets.session.hash], tx.clock.now())
    person = await people.find_person(tx, found[0].subject_id) if found else None
    if person is None:
        return None
    expires_at = SPANS[SessionKind.SHOPPER].expiry(found[0].renewed_at, found[0].renewed_at)
    known = await know_device(tx, SessionKind.SHOPPER, person.id, device, secrets.device)
    return SignedIn(OpenedSession(secrets.session.text, expires_at, None), known, OwnProfile.of(keys, person))


async def person_of_phone(tx: WriteSession, keys: KeyRing, e164: str, language: str) -> PersonRow:
    """Whoever has this phone; somebody new gets an account."""
    index = phone_index(keys, e164)
    known = await people.find_by_phone(tx, index)
    if known is None:
        known = await add_newcomer(tx, language, phone=keys.encrypt(e164, PERSON_PHONE), phone_index=index)
    if known is None:  # bound through WeChat at this very moment
        known = await people.find_by_phone(tx, index)
    assert known is not None
    return known
