"""The manifest of `fulfilment`."""

from chengtuan.gateways.wechat import MiniProgram, MiniProgramConfig
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.http.routes import routes
from chengtuan.modules.fulfilment.jobs import jobs
from chengtuan.modules.fulfilment.models import METADATA
from chengtuan.modules.fulfilment.settings import FulfilmentSettings
from chengtuan.modules.fulfilment.subscribers import subscribers
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.facade import OrderReadyToShip, OrderShipped, ParcelSent, TradeFacade
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = Fulfilment(
        database=deps.database,
        clock=deps.clock,
        trade=deps.facade(TradeFacade),
        payments=deps.facade(PaymentsFacade),
        wechat=_wechat(deps, deps.settings(FulfilmentSettings)),
    )
    return Built(routers=[routes(ctx)], subscribers=subscribers(), jobs=jobs(ctx))


def _wechat(deps: Dependencies, settings: FulfilmentSettings) -> MiniProgram | None:
    if not settings.wechat_appid or not settings.wechat_secret:
        return None
    config = MiniProgramConfig(
        appid=settings.wechat_appid, secret=settings.wechat_secret, base_url=settings.wechat_base_url
    )
    return MiniProgram(config, deps.outside, deps.clock)


FULFILMENT = ModuleManifest(
    name="fulfilment",
    package="chengtuan.modules.fulfilment",
    metadata=METADATA,
    build=build,
    needs=(TradeFacade, PaymentsFacade),
    subscribes=(OrderReadyToShip, ParcelSent, OrderShipped),
)
