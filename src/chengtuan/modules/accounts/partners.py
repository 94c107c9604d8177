"""What WeChat's answers mean for the person who is signing in."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from chengtuan.gateways.wechat import MiniProgram, MiniProgramRefused, ProviderUnavailable
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.problems import WechatRefused

log = structlog.get_logger(__name__)


def wechat_of(ctx: Accounts) -> MiniProgram:
    """Raises PartnerUnavailable if the operator has no mini program."""
    if ctx.wechat is None:
        raise PartnerUnavailable("WeChat sign-in is not set up here")
    return ctx.wechat


@contextmanager
def wechat_outcomes() -> Iterator[None]:
    """Turns the gateway's exceptions into problems. Raises WechatRefused, PartnerUnavailable."""
    try:
        yield
    except MiniProgramRefused as refused:
        log.info("wechat_refused", errcode=refused.errcode)
        raise WechatRefused from None
    except ProviderUnavailable as unavailable:
        log.warning("wechat_unavailable", reason=str(unavailable))
        raise PartnerUnavailable from None
