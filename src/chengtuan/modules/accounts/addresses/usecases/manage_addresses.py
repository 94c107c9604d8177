"""The address book: at most 20 addresses, and exactly one default as long as there is any."""

from dataclasses import dataclass, replace
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.addresses.rows import addresses
from chengtuan.modules.accounts.addresses.rows.addresses import AddressRow
from chengtuan.modules.accounts.addresses.rows.sealing import open_address, seal_address
from chengtuan.modules.accounts.addresses.rules import check_province
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import Address, AddressNotFound
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rules.phones import e164_of
from chengtuan.modules.accounts.problems import AddressChanged, TooManyAddresses

MAX_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class SavedAddress:
    id: UUID
    address: Address
    is_default: bool
    version: int


async def list_addresses(ctx: AccountsContext, person_id: UUID) -> list[SavedAddress]:
    """The default first, then the newest first."""
    async with ctx.database.read() as db:
        rows = await addresses.list_addresses(db, person_id)
    return [SavedAddress(row.id, open_address(ctx.keys, row), row.is_default, row.version) for row in rows]


async def get_address(ctx: AccountsContext, user_id: UUID, address_id: UUID) -> Address:
    """Raises AddressNotFound, for another person's address too; ProvinceMismatch for what older releases took."""
    async with ctx.database.read() as db:
        row = await addresses.find_address(db, user_id, address_id)
    if row is None:
        raise AddressNotFound
    address = open_address(ctx.keys, row)
    check_province(address)
    return address


async def add_address(ctx: AccountsContext, person_id: UUID, address: Address, *, is_default: bool) -> SavedAddress:
    """The first one is the default in any case; one that is there already stays one: its answer may have got lost.

    Raises BadPhone, BadRegion, ProvinceMismatch, TooManyAddresses.
    """
    checked = _checked(address)
    async with ctx.database.write() as tx:
        person_id = await people.lock_person(tx, person_id)
        known = await addresses.list_addresses(tx, person_id)
        row = next((row for row in known if open_address(ctx.keys, row) == checked), None)
        if row is not None and (row.is_default or not is_default):
            return SavedAddress(row.id, checked, row.is_default, row.version)
        if row is None and len(known) >= MAX_ADDRESSES:
            raise TooManyAddresses(limit=MAX_ADDRESSES)
        if is_default or not known:
            await addresses.clear_default(tx, person_id)
        if row is not None:
            row = replace(row, is_default=True, version=row.version + 1)
            await addresses.update_address(tx, person_id, row)
        else:
            row = _row(ctx, new_id(), checked, is_default=is_default or not known, version=1)
            await addresses.insert_address(tx, person_id, row)
    return SavedAddress(row.id, checked, row.is_default, row.version)


async def change_address(
    ctx: AccountsContext, person_id: UUID, address_id: UUID, address: Address, *, is_default: bool, version: int
) -> SavedAddress:
    """Replace the `version` that was read; the default stays the default until another one is named.

    What is stored already is no change, whatever `version` says: the first answer may have got lost.

    Raises AddressNotFound, AddressChanged, BadPhone, BadRegion, ProvinceMismatch.
    """
    checked = _checked(address)
    row = _row(ctx, address_id, checked, is_default=is_default, version=version + 1)
    async with ctx.database.write() as tx:
        person_id = await people.lock_person(tx, person_id)
        before = await addresses.find_address(tx, person_id, address_id)
        if before is None:
            raise AddressNotFound
        row = replace(row, is_default=is_default or before.is_default)
        if open_address(ctx.keys, before) == checked and row.is_default == before.is_default:
            return SavedAddress(before.id, checked, before.is_default, before.version)
        if row.is_default:
            await addresses.clear_default(tx, person_id)
        if not await addresses.update_address(tx, person_id, row):
            raise AddressChanged(version=before.version)
    return SavedAddress(row.id, checked, row.is_default, row.version)


async def remove_address(ctx: AccountsContext, person_id: UUID, address_id: UUID) -> None:
    """If it was the default, the newest of the others becomes it. Raises AddressNotFound."""
    async with ctx.database.write() as tx:
        person_id = await people.lock_person(tx, person_id)
        if not await addresses.delete_address(tx, person_id, address_id):
            raise AddressNotFound
        await addresses.promote_newest(tx, person_id)


def _checked(address: Address) -> Address:
    check_province(address)
    return replace(address, phone=e164_of(address.phone))


def _row(ctx: AccountsContext, address_id: UUID, address: Address, *, is_default: bool, version: int) -> AddressRow:
    name, phone, detail = seal_address(ctx.keys, address)
    return AddressRow(
        id=address_id,
        name=name,
        phone=phone,
        detail=detail,
        province_code=address.province_code,
        province=address.province,
        city=address.city,
        district=address.district,
        is_default=is_default,
        version=version,
    )
