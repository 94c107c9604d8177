"""Personal data on its way into and out of the database: which column names are authenticated with it."""

from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.accounts.repository.addresses import AddressRow
from chengtuan.modules.accounts.repository.people import PersonRow, SealedWechat
from chengtuan.platform.crypto import KeyRing

PERSON_PHONE = "accounts.person.phone"
_PERSON_OPENID = "accounts.person.openid_sealed"
_PERSON_UNIONID = "accounts.person.unionid_sealed"
JOB_PHONE = "accounts.job.phone"
JOB_CODE = "accounts.job.code"
_ADDRESS_NAME = "accounts.address.name"
_ADDRESS_PHONE = "accounts.address.phone"
_ADDRESS_DETAIL = "accounts.address.detail"


def phone_index(keys: KeyRing, e164: str) -> bytes:
    """What a phone is found by without being readable."""
    return keys.blind_index(e164, "accounts.phone")


def openid_index(keys: KeyRing, openid: str) -> bytes:
    """What a person of WeChat is found by without being readable."""
    return keys.blind_index(openid, "accounts.openid")


def seal_wechat(keys: KeyRing, openid: str | None, unionid: str | None) -> SealedWechat:
    """What WeChat calls a person, encrypted; None where it says nothing."""
    return SealedWechat(
        openid=keys.encrypt(openid, _PERSON_OPENID) if openid else None,
        openid_index=openid_index(keys, openid) if openid else None,
        unionid=keys.encrypt(unionid, _PERSON_UNIONID) if unionid else None,
    )


def open_openid(keys: KeyRing, person: PersonRow) -> str | None:
    """Readable as it is on rows from before openids were encrypted."""
    return keys.decrypt(person.openid_sealed, _PERSON_OPENID) if person.openid_sealed else person.openid


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
