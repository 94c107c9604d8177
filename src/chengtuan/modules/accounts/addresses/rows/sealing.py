"""Addresses on their way into and out of the database: which column names are authenticated with them."""

from chengtuan.modules.accounts.addresses.rows.addresses import AddressRow
from chengtuan.modules.accounts.facade import Address
from chengtuan.platform.crypto import KeyRing

_ADDRESS_NAME = "accounts.address.name"
_ADDRESS_PHONE = "accounts.address.phone"
_ADDRESS_DETAIL = "accounts.address.detail"


def seal_address(keys: KeyRing, address: Address) -> tuple[bytes, bytes, bytes]:
    """Name, phone and detail, encrypted."""
    return (
        keys.encrypt(address.name, _ADDRESS_NAME),
        keys.encrypt(address.phone, _ADDRESS_PHONE),
        keys.encrypt(address.detail, _ADDRESS_DETAIL),
    )


def open_address(keys: KeyRing, row: AddressRow) -> Address:
    return Address(
        name=keys.decrypt(row.name, _ADDRESS_NAME),
        phone=keys.decrypt(row.phone, _ADDRESS_PHONE),
        detail=keys.decrypt(row.detail, _ADDRESS_DETAIL),
        province_code=row.province_code,
        province=row.province,
        city=row.city,
        district=row.district,
    )
