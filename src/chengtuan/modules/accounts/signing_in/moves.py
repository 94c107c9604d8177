"""The last steps of every way in for shoppers: who it is, and a session."""

from dataclasses import dataclass, replace

from chengtuan.modules.accounts.people.moves import add_newcomer
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.sessions.moves import OpenedSession, know_device, open_session
from chengtuan.modules.accounts.sessions.rules import SessionKind
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`device` is what the client shows to be known from now on."""

    session: OpenedSession
    device: str
    profile: OwnProfile


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
