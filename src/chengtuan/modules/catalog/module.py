"""The manifest of `catalog`."""

from chengtuan.modules.catalog.binding import facade_of
from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.catalog.http.routes import routes
from chengtuan.modules.catalog.models import METADATA
from chengtuan.modules.catalog.pictures import PictureStore
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = Catalog(
        database=deps.database,
        clock=deps.clock,
        live=deps.live,
        hot=deps.hot,
        rate_limiter=deps.rate_limiter,
        merchants=deps.facade(MerchantsFacade),  # asked for by its declaration
        pictures=PictureStore(deps.platform.data / "media" / "uploads"),
    )
    return Built(routers=[routes(ctx)], facade=facade_of(ctx))


CATALOG = ModuleManifest(
    name="catalog",
    package="chengtuan.modules.catalog",
    metadata=METADATA,
    build=build,
    facade=CatalogFacade,
    needs=(MerchantsFacade,),
)
