"""Steps inside a transaction: somebody is here for the first time."""

from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.people import NO_WECHAT, PersonRow, SealedWechat, newcomer
from chengtuan.platform.database import WriteSession


async def add_newcomer(
    tx: WriteSession,
    language: str,
    *,
    phone: bytes | None = None,
    phone_index: bytes | None = None,
    wechat: SealedWechat = NO_WECHAT,
) -> PersonRow | None:
    """`phone` is encrypted. None if somebody with this phone or openid was there first."""
    person = newcomer(language, tx.clock.now(), phone=phone, openid=wechat.openid)
    return person if await people.insert_person(tx, person, phone_index=phone_index, wechat=wechat) else None
