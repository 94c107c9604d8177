from abc import abstractmethod
from uuid import UUID

from chengtuan.modules.catalog.facade.contracts import ProductSnapshot
from chengtuan.platform.facades import Facade, operation


class CatalogFacade(Facade):
    """What is sold: products, their variants, pictures and categories."""

    module = "catalog"

    @operation
    @abstractmethod
    async def get_product(self, *, product_id: UUID) -> ProductSnapshot:
        """Published or not. Raises ProductNotFound."""
