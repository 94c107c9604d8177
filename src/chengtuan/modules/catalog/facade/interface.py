from abc import abstractmethod
from datetime import datetime
from uuid import UUID

from chengtuan.modules.catalog.facade.contracts import GroupPrice, ProductDraft, ProductSnapshot
from chengtuan.platform.facades import Facade, operation


class CatalogFacade(Facade):
    """What is sold: products, their variants, pictures and categories."""

    module = "catalog"

    @operation
    @abstractmethod
    async def get_product(self, *, product_id: UUID) -> ProductSnapshot:
        """Published or not. Raises ProductNotFound."""

    @operation
    @abstractmethod
    async def add_category(self, *, slug: str, name: dict[str, str], icon_url: str, position: int) -> None:
        """Add a category, or change the one with this slug."""

    @operation
    @abstractmethod
    async def add_product(
        self, *, merchant_id: UUID, product: ProductDraft, demo: bool, publish: bool
    ) -> ProductSnapshot:
        """A new product of a merchant. Raises MerchantNotFound and the problems of a bad draft."""

    @operation
    @abstractmethod
    async def keep_prices(
        self, *, campaign_id: UUID, merchant_id: UUID, product_id: UUID, prices: list[GroupPrice], until: datetime
    ) -> None:
        """From now on these variants cost no less alone, unless the merchant ends the campaign. Idempotent.

        Raises ProductNotFound (also for another merchant's product or an unknown variant), DearerThanAlone.
        """

    @operation
    @abstractmethod
    async def release_prices(self, *, campaign_id: UUID) -> None:
        """The campaign is over: its prices bind nobody any more."""
