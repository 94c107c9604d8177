from chengtuan.gateways.wechat import WeChatSession
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.partners import wechat_of, wechat_outcomes
from chengtuan.modules.accounts.repository import people
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.modules.accounts.sealing import openid_index, seal_wechat
from chengtuan.modules.accounts.signing_in import SignedIn, newcomer, welcome
from chengtuan.platform.database import WriteSession


async def sign_in_by_wechat(ctx: Accounts, *, code: str, language: str, device: str | None = None) -> SignedIn:
    """Open a session with a code of `wx.login`; the first time it makes the account.

    WeChat's session key is dropped at once: nothing here needs it. Raises WechatRefused, PartnerUnavailable.
    """
    wechat = wechat_of(ctx)
    with wechat_outcomes():
        identity = await wechat.code2session(code)
    async with ctx.database.write() as tx:
        person = await _person_of(ctx, tx, identity, language)
        return await welcome(tx, ctx.keys, person, language, device)


async def _person_of(ctx: Accounts, tx: WriteSession, identity: WeChatSession, language: str) -> PersonRow:
    index = openid_index(ctx.keys, identity.openid)
    known = await people.find_by_openid(tx, index, identity.openid)
    if known is not None:
        return known
    sealed = seal_wechat(ctx.keys, identity.openid, identity.unionid)
    person = newcomer(ctx.clock, language, openid=sealed.openid)
    if await people.insert_person(tx, person, wechat=sealed):
        return person
    # the same person signed in twice at this very moment
    known = await people.find_by_openid(tx, index, identity.openid)
    assert known is not None
    return known
