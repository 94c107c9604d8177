"""What the routes of `catalog` take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chengtuan.kernel.money import MAX_FEN
from chengtuan.modules.catalog.facade import ProductDraft, SkuDraft, SkuSnapshot
from chengtuan.modules.catalog.products.rows.products import ProductRow as StoredProduct
from chengtuan.platform.http.fields import (
    FenOut,
    Instant,
    LName,
    LText,
    LTextOut,
    Version,
    VersionOut,
)
from chengtuan.platform.http.lists import EachOnce


def _inside_media(value: str) -> str:
    if any(part in ("", ".", "..") for part in value.split("/")[1:]):
        raise ValueError("not the address of a picture")
    return value


MediaUrl = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^/media/[A-Za-z0-9_./-]+$"),
    AfterValidator(_inside_media),
    Field(description="A picture of this server, as an upload returns it", examples=["/media/uploads/ab12.webp"]),
]
PriceIn = Annotated[int, Field(ge=1, le=MAX_FEN, strict=True, description="fen, 1/100 yuan")]


class ProductSku(BaseModel):
    """A variant; the price is for buying alone."""

    id: UUID
    name: LTextOut
    solo_price_fen: FenOut

    @staticmethod
    def of(sku: SkuSnapshot) -> "ProductSku":
        return ProductSku(id=sku.sku_id, name=sku.name, solo_price_fen=sku.solo_price_fen)


class Product(BaseModel):
    """A product with its variants; `demo` marks content that is not real."""

    id: UUID
    merchant_id: UUID
    merchant_name: LTextOut
    name: LTextOut
    summary: LTextOut
    description: LTextOut
    category_slug: str
    images: list[str]
    list_price_fen: FenOut | None
    skus: list[ProductSku]
    published: bool
    demo: bool

    @staticmethod
    def of(row: StoredProduct) -> "Product":
        return Product(
            id=row.id,
            merchant_id=row.merchant_id,
            merchant_name=row.merchant_name,
            name=row.name,
            summary=row.summary,
            description=row.description,
            category_slug=row.category_slug,
            images=row.images,
            list_price_fen=row.list_price_fen,
            skus=[ProductSku.of(sku) for sku in row.skus],
            published=row.published,
            demo=row.demo,
        )


class ConsoleProduct(Product):
    """What its merchant edits."""

    version: VersionOut

    @staticmethod
    def of(row: StoredProduct) -> "ConsoleProduct":
        return ConsoleProduct(**dict(Product.of(row)), version=row.version)


class ProductRow(BaseModel):
    """A line of the console's list."""

    id: UUID
    merchant_id: UUID
    name: LTextOut
    category_slug: str
    image_url: str | None
    list_price_fen: FenOut | None
    skus: list[ProductSku]
    published: bool
    demo: bool
    updated_at: Instant

    @staticmethod
    def of(row: StoredProduct) -> "ProductRow":
        return ProductRow(
            id=row.id,
            merchant_id=row.merchant_id,
            name=row.name,
            category_slug=row.category_slug,
            image_url=row.images[0],
            list_price_fen=row.list_price_fen,
            skus=[ProductSku.of(sku) for sku in row.skus],
            published=row.published,
            demo=row.demo,
            updated_at=row.updated_at,
        )


class ProductRowList(BaseModel):
    items: list[ProductRow]
    next_cursor: str | None


class SkuInput(BaseModel):
    """`id` keeps a variant that the product has; null makes a new one."""

    id: UUID | None = None
    name: LName
    solo_price_fen: PriceIn


class ProductInput(BaseModel):
    name: LName
    summary: LName
    description: LText
    category_slug: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    images: Annotated[list[MediaUrl], Field(min_length=1, max_length=9)]
    list_price_fen: PriceIn | None = None
    skus: Annotated[list[SkuInput], Field(min_length=1, max_length=50), EachOnce("id")]

    def draft(self) -> ProductDraft:
        return ProductDraft(
            name=self.name,
            summary=self.summary,
            description=self.description,
            category_slug=self.category_slug,
            images=self.images,
            list_price_fen=self.list_price_fen,
            skus=[SkuDraft(sku_id=sku.id, name=sku.name, solo_price_fen=sku.solo_price_fen) for sku in self.skus],
        )


class ProductEdit(ProductInput):
    version: Version
