"""The manifest of `messaging`."""

from chengtuan.gateways.sms import HttpSmsSender, SmsConfig, SmsSender
from chengtuan.gateways.wechat import MiniProgram, MiniProgramConfig
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.messaging.context import Messaging
from chengtuan.modules.messaging.http.routes import routes
from chengtuan.modules.messaging.jobs import jobs
from chengtuan.modules.messaging.models import METADATA
from chengtuan.modules.messaging.settings import MessagingSettings
from chengtuan.modules.messaging.subscribers import subscribers
from chengtuan.modules.trade.facade import (
    GroupFailed,
    GroupFormed,
    OrderShipped,
    ParcelCorrected,
    ParcelSent,
    RefundCompleted,
    RefundPlanned,
)
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    settings = deps.settings(MessagingSettings)
    ctx = Messaging(
        database=deps.database,
        clock=deps.clock,
        accounts=deps.facade(AccountsFacade),
        sms=_sms(deps, settings),
        wechat=_wechat(deps, settings),
        templates=settings.wechat_templates,
    )
    return Built(routers=[routes(ctx)], subscribers=subscribers(), jobs=jobs(ctx))


def _sms(deps: Dependencies, settings: MessagingSettings) -> SmsSender | None:
    if not settings.sms_notices or not settings.sms_base_url or not settings.sms_key:
        return None
    config = SmsConfig(base_url=settings.sms_base_url, key=settings.sms_key)
    return HttpSmsSender(config, deps.outside, deps.clock)


def _wechat(deps: Dependencies, settings: MessagingSettings) -> MiniProgram | None:
    if not settings.wechat_appid or not settings.wechat_secret:
        return None
    config = MiniProgramConfig(
        appid=settings.wechat_appid, secret=settings.wechat_secret, base_url=settings.wechat_base_url
    )
    return MiniProgram(config, deps.outside, deps.clock)


MESSAGING = ModuleManifest(
    name="messaging",
    package="chengtuan.modules.messaging",
    metadata=METADATA,
    build=build,
    needs=(AccountsFacade,),
    subscribes=(GroupFormed, GroupFailed, OrderShipped, ParcelSent, ParcelCorrected, RefundCompleted, RefundPlanned),
)
