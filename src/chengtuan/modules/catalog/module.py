"""The manifest of `catalog`."""

from chengtuan.modules.catalog.binding import facade_of
from chengtuan.modules.catalog.categories.http.routes import category_routes
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.catalog.pictures.http.routes import media_routes
from chengtuan.modules.catalog.pictures.rows.store import PictureStore
from chengtuan.modules.catalog.products.http.console import console_product_routes
from chengtuan.modules.catalog.products.http.shop import product_routes
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = deps.context(CatalogContext)
    return Built(
        routers=lambda: [
            category_routes(ctx),
            product_routes(ctx),
            console_product_routes(ctx),
            media_routes(ctx, PictureStore(deps.platform.data / "media" / "uploads")),
        ],
        facade=facade_of(ctx),
    )


CATALOG = ModuleManifest(
    name="catalog",
    package="chengtuan.modules.catalog",
    build=build,
    facade=CatalogFacade,
    needs=(MerchantsFacade,),
)
