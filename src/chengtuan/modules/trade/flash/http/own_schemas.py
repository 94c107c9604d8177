"""Flash sales, as their merchants define and see them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.activities.http.narrowed import ActivityStatusName
from chengtuan.modules.trade.activities.rules.flash_terms import (
    MAX_PAY_WITHIN_S,
    MAX_PER_DEVICE,
    MIN_PAY_WITHIN_S,
    FlashTerms,
)
from chengtuan.modules.trade.flash.usecases.publish_sale import FlashVariant, SaleRequest
from chengtuan.modules.trade.limits import MAX_ALLOTTED, MAX_FLASH_VARIANTS, MAX_PER_USER
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut, ShortText
from chengtuan.platform.http.lists import EachOnce

Units = Annotated[int, Field(ge=1, le=MAX_ALLOTTED, strict=True)]


class FlashVariantInput(BaseModel):
    sku_id: UUID
    price_fen: FenIn
    units: Units


class FlashSaleInput(BaseModel):
    """`units` of each variant are set aside: nobody else can buy them until the sale is over.

    A slot has from 10 minutes to 24 hours and ends within 60 days. `per_device`: people who may buy from one device.
    """

    product_id: UUID
    name: ShortText
    starts_at: Instant
    ends_at: Instant
    variants: Annotated[list[FlashVariantInput], Field(min_length=1, max_length=MAX_FLASH_VARIANTS), EachOnce("sku_id")]
    per_user_limit: Annotated[int, Field(ge=1, le=MAX_PER_USER, strict=True)]
    pay_within_s: Annotated[int, Field(ge=MIN_PAY_WITHIN_S, le=MAX_PAY_WITHIN_S, strict=True)] = 600
    per_device: Annotated[int, Field(ge=1, le=MAX_PER_DEVICE, strict=True)] = 2

    def request(self, merchant_id: UUID, editor: Editor, key: UUID | None) -> SaleRequest:
        """What this merchant asks for."""
        return SaleRequest(
            id=key,
            merchant_id=merchant_id,
            product_id=self.product_id,
            name=self.name,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            per_user_limit=self.per_user_limit,
            terms=FlashTerms(pay_within_s=self.pay_within_s, per_device=self.per_device),
            variants=[FlashVariant(each.sku_id, each.price_fen, each.units) for each in self.variants],
            editor=editor,
        )


class AllotmentInput(BaseModel):
    """So many units more."""

    sku_id: UUID
    units: Units


class FlashFigures(BaseModel):
    """How it goes. Whoever stops it is told by these what that means: `people_holding` still get their order, unpaid
    orders can be paid, and what is free goes back."""

    people_holding: int
    unpaid_orders: int
    paid_orders: int
    units_paid: int
    revenue_fen: FenOut


class OwnFlashSale(BaseModel):
    """Prices are those of the cheapest variant, units those of all: `set_aside` were set aside in all, whatever went
    back when it was over. Of the `allotted` that it has, `held` wait to become orders, `sold` are in orders that stand,
    paid or not yet, and `free` are what is left.

    `stop_reason`: `merchant`, or `dearer_than_alone` when one piece alone became cheaper than here.
    """

    id: UUID
    product_id: UUID
    product_name: LTextOut
    product_image_url: str
    merchant_id: UUID
    merchant_name: LTextOut
    name: str
    status: ActivityStatusName
    stop_reason: Literal["merchant", "dearer_than_alone"] | None
    starts_at: Instant
    ends_at: Instant
    per_user_limit: int
    pay_within_s: int
    per_device: int
    flash_price_fen: FenOut
    price_fen: FenOut
    set_aside: int
    allotted: int
    held: int
    sold: int
    free: int
    figures: FlashFigures


class OwnFlashSalePage(BaseModel):
    items: list[OwnFlashSale]
    next_cursor: str | None


class OwnFlashVariant(BaseModel):
    sku_id: UUID
    name: LTextOut
    flash_price_fen: FenOut
    price_fen: FenOut
    set_aside: int
    allotted: int
    held: int
    sold: int
    free: int


class OwnFlashSaleDetail(OwnFlashSale):
    variants: list[OwnFlashVariant]
