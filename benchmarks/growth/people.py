"""Who asks: shoppers of the town, an owner of one of its shops, and somebody who sees all shops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from benchmarks.growth.fill import recipient
from chengtuan.apps.composition import Composition
from chengtuan.kernel.clock import SystemClock
from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.addresses.rows import addresses
from chengtuan.modules.accounts.addresses.rows.addresses import AddressRow
from chengtuan.modules.accounts.addresses.rows.sealing import seal_address
from chengtuan.modules.accounts.sessions.moves import open_session
from chengtuan.modules.accounts.sessions.rules import SessionKind
from chengtuan.modules.accounts.staff.rows import StaffRow, insert_staff
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody who is signed in, with an address; `person` is their number."""

    person: int
    token: str
    address_id: UUID


@dataclass(frozen=True, slots=True)
class Crowd:
    """`owner` and `platform` are tokens of the console."""

    shoppers: Sequence[Shopper]
    owner: str
    platform: str


def made_id(kind: str, number: int) -> UUID:
    """As `pg_temp.id` makes it."""
    return UUID(f"{kind}0000000-0000-7000-8000-{number:012x}")


async def sign_in(environ: Mapping[str, str], count: int, merchant: int) -> Crowd:
    """So many people of the town who were not signed in before, and the staff."""
    names = [manifest.name for manifest in Composition.manifests]
    composition = Composition(environ=environ, clock=SystemClock(), modules=names)
    async with composition.open(), composition.running["accounts"].database.write() as tx:
        owner = await _staff(tx, "owner", ["merchant_owner"], made_id("c", merchant))
        platform = await _staff(tx, "platform", ["platform_admin"], None)
        seen = int(await tx.fetch_value("select count(*) from session where kind = 'shopper'"))
        shoppers = [await _shopper(composition, tx, seen + number) for number in range(1, count + 1)]
    return Crowd(shoppers, owner, platform)


async def _staff(tx: WriteSession, login: str, roles: list[str], merchant_id: UUID | None) -> str:
    row = StaffRow(
        id=new_id(),
        login=f"{login}-{new_id()}",
        password_hash="-",
        name=login,
        roles=roles,
        merchant_id=merchant_id,
        created_at=tx.clock.now(),
    )
    await insert_staff(tx, row)
    return (await open_session(tx, SessionKind.STAFF, row.id)).token


async def _shopper(composition: Composition, tx: WriteSession, person: int) -> Shopper:
    user_id, where = made_id("f", person), recipient(person)
    session = await open_session(tx, SessionKind.SHOPPER, user_id)
    name, phone, detail = seal_address(composition.keys, where)
    address = AddressRow(
        id=new_id(),
        name=name,
        phone=phone,
        detail=detail,
        province_code=where.province_code,
        province=where.province,
        city=where.city,
        district=where.district,
        is_default=False,
        version=1,
    )
    await addresses.insert_address(tx, user_id, address)
    return Shopper(person, session.token, address.id)
