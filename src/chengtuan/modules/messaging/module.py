"""The manifest of `messaging`."""

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.http.routes import routes
from chengtuan.modules.messaging.jobs import jobs
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
    ctx = deps.context(
        MessagingContext,
        sms=settings.sms_sender(deps.outside, deps.clock) if settings.sms_notices else None,
        wechat=settings.mini_program(deps.outside, deps.clock),
        templates=settings.wechat_templates,
    )
    return Built(routers=lambda: [routes(ctx)], subscribers=subscribers(), jobs=jobs(ctx))


MESSAGING = ModuleManifest(
    name="messaging",
    package="chengtuan.modules.messaging",
    build=build,
    needs=(AccountsFacade,),
    subscribes=(GroupFormed, GroupFailed, OrderShipped, ParcelSent, ParcelCorrected, RefundCompleted, RefundPlanned),
)
