"""What a shopper asks for, and what it would cost."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from chengtuan.modules.trade.admission.rules.wish import Mode, WishLine
from chengtuan.modules.trade.limits import MAX_LINES
from chengtuan.modules.trade.orders.http.schemas import AdjustmentOut
from chengtuan.platform.http.fields import FenIn, FenOut, LTextOut
from chengtuan.platform.http.lists import EachOnce
from chengtuan.platform.http.typed_fields import Prose

OrderMode = Literal[Mode.SOLO, Mode.OPEN, Mode.JOIN]
"""How somebody may ask for an order; those of flash sales are made of holds."""


class LineInput(BaseModel):
    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]


class PreviewInput(BaseModel):
    """`open` needs `campaign_id`, `join` needs `group_id`. Prices are computed here, never taken.

    One variant is `sku_id` and `quantity`; several of one merchant, bought alone, are `lines`, each variant once.
    """

    mode: OrderMode
    sku_id: UUID | None = None
    quantity: Annotated[int, Field(strict=True)] | None = None
    lines: Annotated[list[LineInput], Field(min_length=1, max_length=MAX_LINES), EachOnce("sku_id")] | None = None
    campaign_id: UUID | None = None
    group_id: UUID | None = None
    address_id: UUID | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.lines is None) == (self.sku_id is None) or (self.sku_id is None) != (self.quantity is None):
            raise ValueError("either sku_id and quantity, or lines")
        if self.mode is not Mode.SOLO and self.lines is not None and len(self.lines) > 1:
            raise ValueError("in a group one buys one variant")
        return self

    def wanted(self) -> tuple[WishLine, ...]:
        if self.lines is not None:
            return tuple(WishLine(line.sku_id, line.quantity) for line in self.lines)
        assert self.sku_id is not None
        assert self.quantity is not None
        return (WishLine(self.sku_id, self.quantity),)


class FlashPreviewInput(BaseModel):
    """What somebody would take of a flash sale, and where it would go."""

    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    address_id: UUID | None = None


class OrderInput(PreviewInput):
    """As PreviewInput, with an address. `expected_payable_fen` is what the shopper was told it costs.

    `from_cart`: the lines leave the cart with the order; nothing is ordered if they are not in it any more.
    """

    address_id: UUID
    expected_payable_fen: FenIn | None = None
    remark: Annotated[str, Prose(200)] = ""
    from_cart: bool = False

    @model_validator(mode="after")
    def carts_are_for_one_alone(self) -> Self:
        if self.from_cart and self.mode is not Mode.SOLO:
            raise ValueError("what is in a cart is bought alone")
        return self


class QuoteLine(BaseModel):
    """`list_unit_fen` is one piece alone, `unit_price_fen` what one costs here; `off_fen` is taken off the line.

    `deliverable` false: it is not sent to that address.
    """

    sku_id: UUID
    product_id: UUID
    product_name: LTextOut
    sku_name: LTextOut
    image_url: str
    list_unit_fen: FenOut
    unit_price_fen: FenOut
    quantity: int
    goods_fen: FenOut
    off_fen: FenOut
    payable_fen: FenOut
    tier_prices_fen: list[int]
    deliverable: bool


class Quote(BaseModel):
    """What would be bought and what it costs. The fields of a single variant are those of the first line.

    `goods_fen - off_fen + freight_fen = payable_fen`, and `adjustments` say why. Without an address the freight may
    not be known: it is the dearest then, so that no order costs more. Where everything is sent free and no merchant's
    template says so, no adjustment is of the freight. `initiator_back_fen` comes back to an initiator
    when the group forms, at the price quoted.
    """

    lines: list[QuoteLine]
    adjustments: list[AdjustmentOut]
    product_id: UUID
    product_name: LTextOut
    image_url: str
    sku_name: LTextOut
    unit_price_fen: FenOut
    quantity: int
    goods_fen: FenOut
    off_fen: FenOut
    freight_fen: FenOut
    freight_known: bool
    payable_fen: FenOut
    tier_prices_fen: list[int]
    deliverable: bool
    hold_s: int
    initiator_back_fen: FenOut
