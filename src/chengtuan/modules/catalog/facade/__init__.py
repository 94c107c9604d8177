"""The only part of `catalog` that other modules may import."""

from chengtuan.modules.catalog.facade.contracts import GroupPrice, ProductDraft, ProductSnapshot, SkuDraft, SkuSnapshot
from chengtuan.modules.catalog.facade.events import ProductChanged
from chengtuan.modules.catalog.facade.interface import CatalogFacade
from chengtuan.modules.catalog.facade.problems import DearerThanAlone, ProductNotFound

__all__ = [
    "CatalogFacade",
    "DearerThanAlone",
    "GroupPrice",
    "ProductChanged",
    "ProductDraft",
    "ProductNotFound",
    "ProductSnapshot",
    "SkuDraft",
    "SkuSnapshot",
]
