from dataclasses import asdict, dataclass
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, name, phone, detail, province_code, province, city, district, is_default, version from address"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """An address as stored: name, phone and detail are encrypted."""

    id: UUID
    name: bytes
    phone: bytes
    detail: bytes
    province_code: str
    province: str
    city: str
    district: str
    is_default: bool
    version: int


async def list_addresses(db: ReadSession | WriteSession, person_id: UUID) -> list[AddressRow]:
    return await db.fetch_all(
        AddressRow,
        _SELECT + " where person_id = %s order by is_default desc, id desc",
        (person_id,),
    )


async def find_address(db: ReadSession | WriteSession, person_id: UUID, address_id: UUID) -> AddressRow | None:
    return await db.fetch_one(
        AddressRow,
        _SELECT + " where person_id = %s and id = %s",
        (person_id, address_id),
    )


async def clear_default(tx: WriteSession, person_id: UUID) -> None:
    await tx.execute("update address set is_default = false where person_id = %s and is_default", (person_id,))


async def insert_address(tx: WriteSession, person_id: UUID, row: AddressRow) -> None:
    await tx.execute(
        "insert into address (person_id, id, name, phone, detail, province_code, province, city, district,"
        " is_default, version) values (%(person_id)s, %(id)s, %(name)s, %(phone)s, %(detail)s, %(province_code)s,"
        " %(province)s, %(city)s, %(district)s, %(is_default)s, %(version)s)",
        asdict(row) | {"person_id": person_id},
    )


async def update_address(tx: WriteSession, person_id: UUID, row: AddressRow) -> bool:
    """Store a new version. False if the one before it is not there (any more)."""
    changed = await tx.execute(
        "update address set name = %(name)s, phone = %(phone)s, detail = %(detail)s, province_code = %(province_code)s,"
        " province = %(province)s, city = %(city)s, district = %(district)s, is_default = %(is_default)s,"
        " version = %(version)s where person_id = %(person_id)s and id = %(id)s and version = %(version)s - 1",
        asdict(row) | {"person_id": person_id},
    )
    return bool(changed)


async def delete_address(tx: WriteSession, person_id: UUID, address_id: UUID) -> bool:
    return bool(await tx.execute("delete from address where person_id = %s and id = %s", (person_id, address_id)))


async def hand_over_addresses(tx: WriteSession, person_id: UUID, heir_id: UUID) -> None:
    """The heir's own default stays the default. Of two alike both stay: orders may be under way to them."""
    await tx.execute(
        "update address set person_id = %(heir)s, is_default = is_default"
        " and not exists (select 1 from address where person_id = %(heir)s and is_default)"
        " where person_id = %(person)s",
        {"person": person_id, "heir": heir_id},
    )


async def promote_newest(tx: WriteSession, person_id: UUID) -> None:
    """Make the newest address the default if there is none."""
    await tx.execute(
        "update address set is_default = true where id ="
        " (select id from address where person_id = %(person)s order by id desc limit 1)"
        " and not exists (select 1 from address where person_id = %(person)s and is_default)",
        {"person": person_id},
    )
