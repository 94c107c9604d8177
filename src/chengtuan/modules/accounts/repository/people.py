from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from chengtuan.modules.accounts.facade import Profile
from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, nickname, avatar, language, phone, openid_sealed, openid, created_at from person"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWechat:
    """What WeChat calls a person, encrypted, and what the person is found by."""

    openid: bytes | None = None
    openid_index: bytes | None = None
    unionid: bytes | None = None


_NO_WECHAT = SealedWechat()


async def find_person(db: ReadSession | WriteSession, person_id: UUID) -> PersonRow | None:
    return await db.fetch_one(PersonRow, _SELECT + " where id = %s", (person_id,))


async def find_by_phone(tx: ReadSession | WriteSession, phone_index: bytes) -> PersonRow | None:
    return await tx.fetch_one(PersonRow, _SELECT + " where phone_index = %s", (phone_index,))


async def find_by_openid(tx: WriteSession, index: bytes, openid: str) -> PersonRow | None:
    """`openid` finds those whose own is not encrypted yet."""
    return await tx.fetch_one(PersonRow, _SELECT + " where openid_index = %s or openid = %s", (index, openid))


async def insert_person(
    tx: WriteSession, person: PersonRow, *, phone_index: bytes | None = None, wechat: SealedWechat = _NO_WECHAT
) -> bool:
    """False if somebody with this phone or openid was there first."""
    return bool(
        await tx.execute(
            "insert into person"
            " (id, nickname, avatar, language, phone, phone_index, openid_sealed, openid_index, unionid_sealed,"
            " created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (
                person.id,
                person.nickname,
                person.avatar,
                person.language,
                person.phone,
                phone_index,
                wechat.openid,
                wechat.openid_index,
                wechat.unionid,
                person.created_at,
            ),
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
        " where id = %s returning id, nickname, avatar, language, phone, openid_sealed, openid, created_at",
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


async def lock_person(tx: WriteSession, person_id: UUID) -> None:
    """Changes of one person's address book wait for each other."""
    await tx.execute("select 1 from person where id = %s for update", (person_id,))
