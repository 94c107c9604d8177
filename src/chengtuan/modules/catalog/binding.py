"""The facade's implementation: each operation is the use case of its name, or tells of one as a snapshot."""

from uuid import UUID

from chengtuan.modules.catalog.categories.usecases.add_category import add_category
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, ProductSnapshot
from chengtuan.modules.catalog.prices.usecases.keep_prices import keep_prices, release_prices
from chengtuan.modules.catalog.products.events import snapshot_of
from chengtuan.modules.catalog.products.usecases import get_product as products
from chengtuan.modules.catalog.products.usecases.create_product import create_product
from chengtuan.platform.facades import implement
from chengtuan.platform.permissions import AllMerchants


async def get_product(ctx: CatalogContext, product_id: UUID) -> ProductSnapshot:
    return snapshot_of(await products.get_product(ctx, product_id, AllMerchants()))


async def add_product(
    ctx: CatalogContext, *, merchant_id: UUID, product: ProductDraft, demo: bool, publish: bool
) -> ProductSnapshot:
    return snapshot_of(await create_product(ctx, merchant_id, product, demo=demo, publish=publish))


def facade_of(ctx: CatalogContext) -> CatalogFacade:
    return implement(CatalogFacade, ctx, get_product, add_category, add_product, keep_prices, release_prices)
