from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class SkuSnapshot:
    """One variant of a product. Price in fen, for buying alone."""

    sku_id: UUID
    name: dict[str, str]
    solo_price_fen: int


@dataclass(frozen=True, kw_only=True)
class ProductSnapshot:
    """A product as it stands. `version` rises with every change."""

    product_id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    name: dict[str, str]
    image_url: str
    category_slug: str
    list_price_fen: int | None
    skus: list[SkuSnapshot]
    published: bool
    version: int
