"""Flash sales and holds, as shoppers send and see them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.trade.flash.rules.tickets import LONGEST
from chengtuan.modules.trade.freight.http.shown import OfferFreight
from chengtuan.modules.trade.orders.http.schemas import OrderStatusName
from chengtuan.platform.http.fields import FenOut, Instant, LTextOut, Nonce

SaleStateName = Literal["upcoming", "running", "sold_out", "ended", "stopped"]


class FlashProduct(BaseModel):
    id: UUID
    name: LTextOut
    image_url: str
    merchant_id: UUID
    merchant_name: LTextOut


class FlashCard(BaseModel):
    """A flash sale. Prices are those of its cheapest variant, here and alone; units are those of all its variants.

    `free` can be had at this moment, or once it runs. `sold_out`: what others do not pay may come back.
    """

    id: UUID
    product: FlashProduct
    flash_price_fen: FenOut
    price_fen: FenOut
    allotted: int
    free: int
    per_user_limit: int
    starts_at: Instant
    ends_at: Instant
    state: SaleStateName


class FlashSlot(BaseModel):
    """The sales of one slot of time. It is what they are: `running` if one of them runs or is sold out, `ended` once
    all of them are over or were stopped. Stopped ones come last."""

    starts_at: Instant
    ends_at: Instant
    state: Literal["upcoming", "running", "ended"]
    sales: list[FlashCard]


class FlashZone(BaseModel):
    """Slots that run, then those of the next 48 hours, then those that ended or were stopped today, the last one
    first."""

    slots: list[FlashSlot]
    now: Instant


class FlashVariant(BaseModel):
    sku_id: UUID
    name: LTextOut
    flash_price_fen: FenOut
    price_fen: FenOut
    allotted: int
    free: int


class FlashSale(FlashCard):
    """`pay_within_s`: an order is given up when it is not paid by then, and its units are offered on."""

    pay_within_s: int
    variants: list[FlashVariant]
    freight: OfferFreight
    now: Instant


class HoldInput(BaseModel):
    """Units of a variant, and where they shall go. Prices are computed here, never taken.

    `ticket` as it was given, `proof` as its `bits` ask for; without any, nothing.
    """

    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    address_id: UUID
    ticket: Annotated[str, StringConstraints(max_length=LONGEST)]
    proof: Nonce = ""


class HeldProduct(BaseModel):
    id: UUID
    name: LTextOut
    image_url: str


class Hold(BaseModel):
    """Units that are the shopper's. `held`: the order is being made; `ordered`: it waits for its payment.

    `refused`: no order could be made, and `problem` is the document that says why. `released`: it was given up unpaid.
    """

    id: UUID
    sale_id: UUID
    sku_id: UUID
    quantity: int
    status: Literal["held", "ordered", "refused", "released"]
    order_id: UUID | None
    problem: dict[str, Any] | None
    created_at: Instant


class OwnHold(Hold):
    """A hold with what it is of, as its owner finds it again. `flash_price_fen` is one unit's.

    `order_status` is its order's, which waits for its payment until `pay_before`.
    """

    product: HeldProduct
    sku_name: LTextOut
    flash_price_fen: FenOut
    order_status: OrderStatusName | None
    pay_before: Instant | None


class OwnHoldPage(BaseModel):
    items: list[OwnHold]
    next_cursor: str | None
    now: Instant


class FlashTicket(BaseModel):
    """The way into a flash sale, for this person and Idempotency-Key: `ticket` is shown when units are taken, from
    `admitted_at` on, which is in `wait_s`; `place` people are let in before.

    Who asks before the start is `drawn` by lot, and place and time move as long as others join. With `bits`, the device
    works meanwhile: it finds a text with which SHA-256 of `ticket:proof` begins with so many zero bits.
    """

    ticket: str
    bits: int
    drawn: bool
    place: int
    wait_s: float
    admitted_at: Instant
    now: Instant
