import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.facade import Profile
from chengtuan.modules.accounts.people.rules.nicknames import AVATARS, generate_nickname
from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, nickname, avatar, language, phone, openid_sealed, openid, created_at from person"
_NOW: LiteralString = "(select coalesce(united_into, id) from person where id = %s)"
"""The account that an account is part of now: itself, or the one that it was united into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as stored; `phone` is encrypted, `openid` what is not encrypted yet."""

    id: UUID
    nickname: str
    avatar: str
    language: str
    phone: bytes | None
    openid_sealed: bytes | None
    openid: str | None
    created_at: datetime

    @property
    def has_wechat(self) -> bool:
        return self.openid_sealed is not None or self.openid is not None


def newcomer(language: str, now: datetime, *, phone: bytes | None = None, openid: bytes | None = None) -> PersonRow:
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
        created_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWechat:
    """What WeChat calls a person, encrypted, and what the person is found by."""

    openid: bytes | None = None
    openid_index: bytes | None = None
    unionid: bytes | None = None


NO_WECHAT = SealedWechat()


async def find_person(db: ReadSession | WriteSession, person_id: UUID) -> PersonRow | None:
    """The account as it is now: the one that it was united into, if it was."""
    return await db.fetch_one(PersonRow, _SELECT + " where id = " + _NOW, (person_id,))


async def find_by_phone(tx: ReadSession | WriteSession, phone_index: bytes) -> PersonRow | None:
    return await tx.fetch_one(PersonRow, _SELECT + " where phone_index = %s", (phone_index,))


async def find_by_openid(tx: WriteSession, index: bytes, openid: str) -> PersonRow | None:
    """`openid` finds those whose own is not encrypted yet."""
    return await tx.fetch_one(
        PersonRow, _SELECT + " where openid_index = %s or openid = %s order by openid_index limit 1", (index, openid)
    )


async def insert_person(
    tx: WriteSession, person: PersonRow, *, phone_index: bytes | None = None, wechat: SealedWechat = NO_WECHAT
) -> bool:
    """False if somebody with this phone or openid was there first."""
    return bool(
        await tx.execute(
            "insert into person (id, nickname, avatar, language, phone, phone_index, openid_sealed, openid_index,"
            " unionid_sealed, created_at) values (%(id)s, %(nickname)s, %(avatar)s, %(language)s, %(phone)s,"
            " %(phone_index)s, %(openid)s, %(openid_index)s, %(unionid)s, %(created_at)s) on conflict do nothing",
            asdict(person) | asdict(wechat) | {"phone_index": phone_index},
        )
    )


async def update_language(tx: WriteSession, person_id: UUID, language: str) -> None:
    await tx.execute(
        "update person set language = %s where id = %s and language <> %s", (language, person_id, language)
    )


async def update_profile(
    tx: WriteSession, person_id: UUID, nickname: str | None, avatar: str | None
) -> PersonRow | None:
    """Changes what is not None."""
    return await tx.fetch_one(
        PersonRow,
        "update person set nickname = coalesce(%s, nickname), avatar = coalesce(%s, avatar)"
        " where id = " + _NOW + " returning id, nickname, avatar, language, phone, openid_sealed, openid, created_at",
        (nickname, avatar, person_id),
    )


async def set_phone(tx: WriteSession, person_id: UUID, phone: bytes, phone_index: bytes) -> PersonRow | None:
    """None if the phone is another person's."""
    try:
        async with tx.savepoint():
            return await tx.fetch_one(
                PersonRow,
                "update person set phone = %s, phone_index = %s where id = %s"
                " returning id, nickname, avatar, language, phone, openid_sealed, openid, created_at",
                (phone, phone_index, person_id),
            )
    except UniqueViolation:
        return None


async def list_profiles(db: ReadSession, person_ids: list[UUID]) -> list[Profile]:
    return await db.fetch_all(
        Profile, "select id as user_id, nickname, avatar from person where id = any(%s)", (person_ids,)
    )


async def list_people(db: ReadSession, person_ids: list[UUID]) -> list[PersonRow]:
    return await db.fetch_all(PersonRow, _SELECT + " where id = any(%s)", (person_ids,))


@dataclass(frozen=True, slots=True)
class _Account:
    id: UUID
    person_id: UUID


async def accounts_of(db: ReadSession, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """All accounts of the people behind these ids, each with the one that it is part of now."""
    rows = await db.fetch_all(
        _Account,
        "with asked as (select distinct coalesce(united_into, id) as id from person where id = any(%s))"
        " select p.id, asked.id as person_id from asked join person p on p.id = asked.id or p.united_into = asked.id",
        (list(ids),),
    )
    return {row.id: row.person_id for row in rows}


async def lock_person(tx: WriteSession, person_id: UUID) -> UUID:
    """The account that this one is part of now. Changes of one person's wait for each other."""
    while True:
        row = await tx.fetch_one(
            _Account,
            "select id, coalesce(united_into, id) as person_id from person where id = " + _NOW + " for update",
            (person_id,),
        )
        if row is None or row.id == row.person_id:
            return person_id if row is None else row.id
        person_id = row.person_id  # united while this waited


async def lock_both(tx: WriteSession, person_id: UUID, phone_index: bytes) -> tuple[PersonRow, PersonRow | None]:
    """A person, and whoever has this phone (None if nobody), locked in the order of their ids."""
    while True:
        rows = await tx.fetch_tuples(
            "select id from person where phone_index = %s or id = " + _NOW + " order by id for update",
            (phone_index, person_id),
        )
        person, owner = await find_person(tx, person_id), await find_by_phone(tx, phone_index)
        assert person is not None, "people are never deleted"
        if {person.id, *([owner.id] if owner else [])} <= {row[0] for row in rows}:
            return person, owner


@dataclass(frozen=True, slots=True)
class _Identity:
    """What an account is signed in to with, as stored."""

    phone: bytes | None
    phone_index: bytes | None
    openid: str | None
    unionid: str | None
    openid_sealed: bytes | None
    openid_index: bytes | None
    unionid_sealed: bytes | None


async def absorb(
    tx: WriteSession, *, survivor: PersonRow, absorbed: PersonRow, owner: PersonRow, language: str
) -> PersonRow:
    """One account becomes part of another; as it is then. Both rows are locked, at most one of them has an openid.

    `owner` is the one of the two whose phone stays. Who was united into the absorbed one before follows it, so that
    nobody is ever part of somebody who is part of another.
    """
    phone = await _identity(tx, owner.id)
    wechat = await _identity(tx, absorbed.id if absorbed.has_wechat else survivor.id)
    await tx.execute("update person set united_into = %s where united_into = %s", (survivor.id, absorbed.id))
    await tx.execute(
        "update person set united_into = %s, phone = null, phone_index = null, openid = null, unionid = null,"
        " openid_sealed = null, openid_index = null, unionid_sealed = null where id = %s",
        (survivor.id, absorbed.id),
    )
    united = await tx.fetch_one(
        PersonRow,
        "update person set phone = %s, phone_index = %s, openid = %s, unionid = %s, openid_sealed = %s,"
        " openid_index = %s, unionid_sealed = %s, language = %s where id = %s"
        " returning id, nickname, avatar, language, phone, openid_sealed, openid, created_at",
        (
            phone.phone,
            phone.phone_index,
            wechat.openid,
            wechat.unionid,
            wechat.openid_sealed,
            wechat.openid_index,
            wechat.unionid_sealed,
            language,
            survivor.id,
        ),
    )
    assert united is not None, "it is locked"
    return united


async def _identity(tx: WriteSession, person_id: UUID) -> _Identity:
    found = await tx.fetch_one(
        _Identity,
        "select phone, phone_index, openid, unionid, openid_sealed, openid_index, unionid_sealed from person"
        " where id = %s",
        (person_id,),
    )
    assert found is not None, "it is locked"
    return found
