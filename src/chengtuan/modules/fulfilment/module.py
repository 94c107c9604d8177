"""The manifest of `fulfilment`."""

from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.http.routes import routes
from chengtuan.modules.fulfilment.jobs import jobs
from chengtuan.modules.fulfilment.settings import FulfilmentSettings
from chengtuan.modules.fulfilment.subscribers import subscribers
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.facade import OrderReadyToShip, OrderShipped, ParcelSent, TradeFacade
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = deps.context(
        FulfilmentContext,
        wechat=deps.settings(FulfilmentSettings).mini_program(deps.outside, deps.clock),
    )
    return Built(routers=lambda: [routes(ctx)], subscribers=subscribers(), jobs=jobs(ctx))


FULFILMENT = ModuleManifest(
    name="fulfilment",
    package="chengtuan.modules.fulfilment",
    build=build,
    needs=(TradeFacade, PaymentsFacade),
    subscribes=(OrderReadyToShip, ParcelSent, OrderShipped),
)
