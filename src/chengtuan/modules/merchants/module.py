"""The manifest of `merchants`."""

from chengtuan.modules.merchants.binding import facade_of
from chengtuan.modules.merchants.context import MerchantsContext
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.modules.merchants.http.routes import routes
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = deps.context(MerchantsContext)
    return Built(routers=lambda: [routes(ctx)], facade=facade_of(ctx))


MERCHANTS = ModuleManifest(
    name="merchants",
    package="chengtuan.modules.merchants",
    build=build,
    facade=MerchantsFacade,
)
