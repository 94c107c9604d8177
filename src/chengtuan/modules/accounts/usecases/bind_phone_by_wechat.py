from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.own_profile import OwnProfile
from chengtuan.modules.accounts.partners import wechat_of, wechat_outcomes
from chengtuan.modules.accounts.problems import PhoneTaken
from chengtuan.modules.accounts.repository import people
from chengtuan.modules.accounts.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.usecases.send_phone_code import e164_of


async def bind_phone_by_wechat(ctx: Accounts, person_id: UUID, *, code: str) -> OwnProfile:
    """Give a person the phone that WeChat vouches for, instead of the one before.

    Raises BadPhone, PhoneTaken, WechatRefused, PartnerUnavailable.
    """
    wechat = wechat_of(ctx)
    with wechat_outcomes():
        number = await wechat.phone_number(code)
    e164 = e164_of(number.e164)
    async with ctx.database.write() as tx:
        person = await people.set_phone(
            tx, person_id, ctx.keys.encrypt(e164, PERSON_PHONE), phone_index(ctx.keys, e164)
        )
    if person is None:
        raise PhoneTaken
    return OwnProfile.of(ctx.keys, person)
