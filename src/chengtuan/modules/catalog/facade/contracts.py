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


@dataclass(frozen=True, kw_only=True)
class GroupPrice:
    """What members of a group pay for a variant, in fen; alone it may not cost less meanwhile."""

    sku_id: UUID
    price_fen: int


@dataclass(frozen=True, kw_only=True)
class SkuDraft:
    """A variant to be; `sku_id` keeps one that the product already has, None makes a new one."""

    name: dict[str, str]
    solo_price_fen: int
    sku_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ProductDraft:
    """What a merchant writes about a product. At least one image (a URL under `/media/`) and one variant."""

    name: dict[str, str]
    summary: dict[str, str]
    description: dict[str, str]
    category_slug: str
    images: list[str]
    list_price_fen: int | None
    skus: list[SkuDraft]
