"""What an order takes of its buyer, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from chengtuan.modules.accounts.addresses.rows.addresses import AddressRow
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession

BuyerKey: TypeAlias = tuple[UUID, UUID]
"""Person and address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerRow(AddressRow):
    """An address with its owner's public face, and the accounts that were united into the owner's.

    `asked_id` is the account as it was asked for: by now it may be one of those.
    """

    asked_id: UUID
    person_id: UUID
    absorbed: list[UUID]
    nickname: str
    avatar: str


async def find_buyers(db: ReadSession, keys: Sequence[BuyerKey]) -> list[BuyerRow]:
    """Nobody gets an address of somebody else's."""
    return await db.fetch_all(
        BuyerRow,
        "select asked.id as asked_id, a.person_id, array(select id from person where united_into = p.id) as absorbed,"
        " a.id, a.name, a.phone, a.detail, a.province_code, a.province, a.city, a.district,"
        " a.is_default, a.version, p.nickname, p.avatar"
        " from unnest(%s::uuid[], %s::uuid[]) as wanted(person_id, address_id)"
        " join person asked on asked.id = wanted.person_id"
        " join person p on p.id = coalesce(asked.united_into, asked.id)"
        " join address a on a.id = wanted.address_id and a.person_id = p.id",
        (array(person_id for person_id, _ in keys), array(address_id for _, address_id in keys)),
    )
