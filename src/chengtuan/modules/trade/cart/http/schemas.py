"""A cart, as its owner sees it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chengtuan.platform.http.fields import FenOut, Instant, LTextOut, VersionOut

_LARGEST = 2**53 - 1
"""What every client's numbers are exact up to."""


class CartAddition(BaseModel):
    """So many units more of a variant, from 1 to 999."""

    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]


class CartQuantity(BaseModel):
    """So many units instead of those that `version` had."""

    quantity: Annotated[int, Field(strict=True)]
    version: Annotated[int, Field(ge=1, le=_LARGEST, strict=True, description="The line's version that was read.")]


class CartLine(BaseModel):
    """`unit_price_fen` is what one costs, `added_price_fen` what it cost when it was put into the cart.

    `state` says whether the line can be bought as it stands: `few` are left (`available`), it is `sold_out`,
    nobody has said what it weighs although it is sent by weight (`unweighed`), its product is `off_shelf`, or the
    variant is `gone`.
    """

    sku_id: UUID
    product_id: UUID
    product_name: LTextOut
    sku_name: LTextOut
    image_url: str
    unit_price_fen: FenOut
    list_price_fen: int | None
    added_price_fen: FenOut
    quantity: int
    version: VersionOut
    available: int
    state: Literal["ready", "few", "sold_out", "unweighed", "off_shelf", "gone"]
    added_at: Instant


class CartShop(BaseModel):
    """What is in the cart of one merchant: it is bought together."""

    merchant_id: UUID
    merchant_name: LTextOut
    lines: list[CartLine]


class Cart(BaseModel):
    """Merchants in the order of what was added last; `lines` of at most `most_lines`."""

    shops: list[CartShop]
    lines: int
    most_lines: int
    now: Instant


class CartCount(BaseModel):
    lines: int
