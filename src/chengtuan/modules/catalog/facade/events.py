from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.catalog.facade.contracts import ProductSnapshot
from chengtuan.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event, name="catalog.product_changed.v1", key="product_id"):
    """A product was created, edited, published or withdrawn; carries it whole."""

    product_id: UUID
    product: ProductSnapshot
