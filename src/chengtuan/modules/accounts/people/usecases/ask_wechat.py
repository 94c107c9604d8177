"""What WeChat says about the person who is signing in, and what it means for them if it does not."""

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from chengtuan.gateways.wechat import (
    MiniProgram,
    MiniProgramRefused,
    ProviderUnavailable,
    WeChatSession,
)
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import WechatRefused

log = structlog.get_logger(__name__)
T = TypeVar("T")


async def ask_wechat_session(ctx: AccountsContext, code: str) -> WeChatSession:
    """Who it is, by a code of `wx.login`. Raises WechatRefused, PartnerUnavailable."""
    return await _answer(_wechat(ctx).code2session(code))


async def ask_wechat_phone(ctx: AccountsContext, code: str) -> str:
    """The phone that WeChat vouches for, as WeChat writes it. Raises WechatRefused, PartnerUnavailable."""
    return (await _answer(_wechat(ctx).phone_number(code))).e164


def _wechat(ctx: AccountsContext) -> MiniProgram:
    """Raises PartnerUnavailable if the operator has no mini program."""
    if ctx.wechat is None:
        raise PartnerUnavailable("WeChat sign-in is not set up here")
    return ctx.wechat


async def _answer(asked: Awaitable[T]) -> T:
    """Turns the gateway's exceptions into problems. Raises WechatRefused, PartnerUnavailable."""
    try:
        return await asked
    except MiniProgramRefused as refused:
        log.info("wechat_refused", errcode=refused.errcode)
        raise WechatRefused from None
    except ProviderUnavailable as unavailable:
        log.warning("wechat_unavailable", reason=str(unavailable))
        raise PartnerUnavailable from None
