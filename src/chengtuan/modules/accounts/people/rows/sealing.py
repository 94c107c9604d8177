"""What people are known by, on its way into and out of the database: which column names are authenticated with it."""

from chengtuan.modules.accounts.people.rows.people import PersonRow, SealedWechat
from chengtuan.platform.crypto import KeyRing

PERSON_PHONE = "accounts.person.phone"
_PERSON_OPENID = "accounts.person.openid_sealed"
_PERSON_UNIONID = "accounts.person.unionid_sealed"


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
