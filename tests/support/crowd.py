"""Many signed-in shoppers at once: written to the database as signing in would have left them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.addresses.rows.sealing import seal_address
from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.accounts.people.rows.sealing import seal_wechat
from chengtuan.modules.accounts.sessions.rules import new_token
from chengtuan.platform.crypto import KeyRing

HOME = Address(
    name="林小滿",
    phone="+8613900001111",
    province_code="440000",
    province="廣東省",
    city="深圳市",
    district="南山區",
    detail="科技園 1 號",
)
_PERSON = (
    "insert into accounts.person (id, nickname, avatar, language, openid_sealed, openid_index, created_at)"
    " values (%s, %s, 'a01', 'zh-Hant', %s, %s, %s)"
)
_SESSION = (
    "insert into accounts.session (token_hash, kind, subject_id, created_at, renewed_at, expires_at)"
    " values (%s, 'shopper', %s, %s, %s, %s)"
)
_ADDRESS = (
    "insert into accounts.address (id, person_id, name, phone, detail, province_code, province, city, district,"
    " is_default) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, true)"
)


@dataclass(frozen=True)
class Member:
    """Somebody of the crowd: a session's token and an address in Guangdong."""

    id: UUID
    token: str
    address_id: UUID


def gather_crowd(database_url: str, keys: KeyRing, count: int, now: datetime, *, wechat: bool = False) -> list[Member]:
    """`count` fresh shoppers, in one transaction; 200 sign-ins by text message would take minutes.

    With `wechat` they came through the mini program, so that they can pay there too.
    """
    tokens = [new_token() for _ in range(count)]
    members = [Member(new_id(), token.text, new_id()) for token in tokens]
    sealed = seal_address(keys, HOME)
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        known = [seal_wechat(keys, f"o-{m.id.hex}" if wechat else None, None) for m in members]
        people = zip(members, known, strict=True)
        cursor.executemany(
            _PERSON, [(m.id, f"客{n}", k.openid, k.openid_index, now) for n, (m, k) in enumerate(people)]
        )
        until = now + timedelta(days=30)
        cursor.executemany(
            _SESSION, [(token.hash, m.id, now, now, until) for token, m in zip(tokens, members, strict=True)]
        )
        place = (HOME.province_code, HOME.province, HOME.city, HOME.district)
        cursor.executemany(_ADDRESS, [(m.address_id, m.id, *sealed, *place) for m in members])
    return members
