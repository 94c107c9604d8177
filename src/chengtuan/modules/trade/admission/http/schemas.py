"""What a shopper asks for, and what it would cost."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from chengtuan.modules.trade.admission.rules.wish import Mode
from chengtuan.platform.http.fields import FenIn, FenOut, LTextOut
from chengtuan.platform.http.typed_fields import Prose


class OrderInput(BaseModel):
    """`open` needs `campaign_id`, `join` needs `group_id`. Prices are computed here, never taken."""

    mode: Mode
    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    campaign_id: UUID | None = None
    group_id: UUID | None = None
    address_id: UUID
    expected_payable_fen: FenIn | None = None
    remark: Annotated[str, Prose(200)] = ""


class PreviewInput(BaseModel):
    """As OrderInput, with or without an address."""

    mode: Mode
    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    campaign_id: UUID | None = None
    group_id: UUID | None = None
    address_id: UUID | None = None


class Quote(BaseModel):
    """What would be bought and what it costs.

    `initiator_back_fen` comes back to an initiator when the group forms, at the price quoted.
    """

    product_id: UUID
    product_name: LTextOut
    image_url: str
    sku_name: LTextOut
    unit_price_fen: FenOut
    quantity: int
    goods_fen: FenOut
    freight_fen: FenOut
    payable_fen: FenOut
    tier_prices_fen: list[int]
    deliverable: bool
    hold_s: int
    initiator_back_fen: FenOut
