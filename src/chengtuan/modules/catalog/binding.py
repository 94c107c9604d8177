"""The facade's implementation: each operation is one use case."""

from datetime import datetime
from uuid import UUID

from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.facade import CatalogFacade, GroupPrice, ProductDraft, ProductSnapshot
from chengtuan.modules.catalog.snapshots import snapshot_of
from chengtuan.modules.catalog.usecases.add_category import add_category
from chengtuan.modules.catalog.usecases.create_product import create_product
from chengtuan.modules.catalog.usecases.get_product import get_product
from chengtuan.modules.catalog.usecases.keep_prices import keep_prices, release_prices
from chengtuan.platform.permissions import AllMerchants


class CatalogBinding(CatalogFacade):
    def __init__(self, ctx: Catalog) -> None:
        self._ctx = ctx

    async def get_product(self, *, product_id: UUID) -> ProductSnapshot:
        return snapshot_of(await get_product(self._ctx, product_id, AllMerchants()))

    async def add_category(self, *, slug: str, name: dict[str, str], icon_url: str, position: int) -> None:
        await add_category(self._ctx, slug=slug, name=name, icon_url=icon_url, position=position)

    async def add_product(
        self, *, merchant_id: UUID, product: ProductDraft, demo: bool, publish: bool
    ) -> ProductSnapshot:
        return snapshot_of(await create_product(self._ctx, merchant_id, product, demo=demo, publish=publish))

    async def keep_prices(
        self, *, campaign_id: UUID, merchant_id: UUID, product_id: UUID, prices: list[GroupPrice], until: datetime
    ) -> None:
        await keep_prices(
            self._ctx,
            campaign_id=campaign_id,
            merchant_id=merchant_id,
            product_id=product_id,
            prices=prices,
            until=until,
        )

    async def release_prices(self, *, campaign_id: UUID) -> None:
        await release_prices(self._ctx, campaign_id)
