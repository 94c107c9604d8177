from chengtuan.gateways.wechat import WeChatSession
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.moves import add_newcomer
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import openid_index, seal_wechat
from chengtuan.modules.accounts.people.usecases.ask_wechat import ask_wechat_session
from chengtuan.modules.accounts.signing_in.moves import SignedIn, welcome
from chengtuan.platform.database import WriteSession


async def sign_in_by_wechat(ctx: AccountsContext, *, code: str, language: str, device: str | None = None) -> SignedIn:
    """Open a session with a code of `wx.login`; the first time it makes the account.

    WeChat's session key is dropped at once: nothing here needs it. Raises WechatRefused, PartnerUnavailable.
    """
    identity = await ask_wechat_session(ctx, code)
    async with ctx.database.write() as tx:
        person = await _person_of(ctx, tx, identity, language)
        return await welcome(tx, ctx.keys, person, language=language, device=device)


async def _person_of(ctx: AccountsContext, tx: WriteSession, identity: WeChatSession, language: str) -> PersonRow:
    index = openid_index(ctx.keys, identity.openid)
    known = await people.find_by_openid(tx, index, identity.openid)
    if known is None:
        sealed = seal_wechat(ctx.keys, identity.openid, identity.unionid)
        known = await add_newcomer(tx, language, wechat=sealed)
    if known is None:  # the same person signed in twice at this very moment
        known = await people.find_by_openid(tx, index, identity.openid)
    assert known is not None
    return known
