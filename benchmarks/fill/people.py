"""A crowd: people who are signed in and have an address, written by the thousand."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.addresses.rows.sealing import seal_address
from chengtuan.modules.accounts.people.rows.people import newcomer
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.sessions.rules import SPANS, SessionKind, Token, new_token
from chengtuan.platform.crypto import KeyRing
from tests.support.crowd import HOME, Member

_FIRST_PHONE = 8613000000000


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    nickname: str
    avatar: str
    language: str
    phone: bytes
    phone_index: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Session:
    token_hash: bytes
    kind: str
    subject_id: UUID
    created_at: datetime
    renewed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Address:
    id: UUID
    person_id: UUID
    name: bytes
    phone: bytes
    detail: bytes
    province_code: str
    province: str
    city: str
    district: str
    is_default: bool


def gather_people(database_url: str, keys: KeyRing, count: int) -> list[Member]:
    """They have phones, so that what happens to them is told."""
    now, sealed = datetime.now(UTC), seal_address(keys, HOME)
    people = [_person(keys, number, now) for number in range(count)]
    tokens = [new_token() for _ in people]
    addresses = [_address(person.id, sealed) for person in people]
    with psycopg.connect(database_url) as connection:
        _copy(connection, "accounts.person", people)
        _copy(connection, "accounts.session", list(map(_session, people, tokens)))
        _copy(connection, "accounts.address", addresses)
    return list(map(_member, people, tokens, addresses))


def _copy(connection: psycopg.Connection[Any], table: str, rows: Sequence[Any]) -> None:
    """Fields are named like columns."""
    if not rows:
        return
    names = [field.name for field in fields(rows[0])]
    with connection.cursor().copy(f"copy {table} ({', '.join(names)}) from stdin".encode()) as target:
        for row in rows:
            target.write_row([getattr(row, name) for name in names])


def _person(keys: KeyRing, number: int, now: datetime) -> _Person:
    phone = f"+{_FIRST_PHONE + number}"
    who = newcomer("zh-Hant", now)
    sealed, index = keys.encrypt(phone, PERSON_PHONE), phone_index(keys, phone)
    return _Person(who.id, who.nickname, who.avatar, who.language, sealed, index, now)


def _session(person: _Person, token: Token) -> _Session:
    kind, now = SessionKind.SHOPPER, person.created_at
    return _Session(token.hash, kind.value, person.id, now, now, SPANS[kind].expiry(now, now))


def _member(person: _Person, token: Token, address: _Address) -> Member:
    return Member(person.id, token.text, address.id)


def _address(person_id: UUID, sealed: tuple[bytes, bytes, bytes]) -> _Address:
    name, phone, detail = sealed
    return _Address(
        id=new_id(),
        person_id=person_id,
        name=name,
        phone=phone,
        detail=detail,
        province_code=HOME.province_code,
        province=HOME.province,
        city=HOME.city,
        district=HOME.district,
        is_default=True,
    )
