"""Orders, as their buyer and their merchant see them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chengtuan.modules.trade.activities.http.schemas import SeatsTaken
from chengtuan.modules.trade.refunds.http.schemas import Refund
from chengtuan.platform.http.fields import FenOut, Instant, LTextOut

OrderStatusName = Literal[
    "pending_payment", "grouping", "to_ship", "shipped", "completed", "cancelled", "refunding", "refunded"
]


AdjustmentKindName = Literal["member", "threshold", "coupon", "points", "freight"]


class AdjustmentOut(BaseModel):
    """What makes an order dearer or cheaper than its goods: below zero for a reduction of a line, above for freight."""

    kind: AdjustmentKindName
    line: int | None
    amount_fen: int


class OrderLine(BaseModel):
    """`list_unit_fen` is one piece alone on that day, `unit_price_fen` what one cost here.

    `amount_fen` are the goods, `off_fen` is taken off them, `payable_fen` is what is left.
    `sent` of its pieces are in parcels.
    """

    line: int
    product_id: UUID
    sku_id: UUID
    product_name: LTextOut
    sku_name: LTextOut
    image_url: str
    list_unit_fen: FenOut
    unit_price_fen: FenOut
    quantity: int
    sent: int
    amount_fen: FenOut
    off_fen: FenOut
    payable_fen: FenOut


class OrderGroup(SeatsTaken):
    """`size` is the people of the top tier."""

    id: UUID
    status: Literal["draft", "open", "succeeded", "failed"]
    size: int
    paid: int
    deadline: Instant | None
    is_initiator: bool


class OrderAddress(BaseModel):
    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str


class Order(BaseModel):
    """`ready_at`: since when it is the merchant's turn to send it. `product_id` is the first line's.

    `goods_fen - off_fen + freight_fen = payable_fen`, and `adjustments` say why.
    """

    id: UUID
    number: str
    kind: Literal["solo", "group", "flash"]
    status: OrderStatusName
    flash_sale_id: UUID | None
    group_id: UUID | None
    group: OrderGroup | None
    merchant_id: UUID
    merchant_name: LTextOut
    product_id: UUID
    lines: list[OrderLine]
    adjustments: list[AdjustmentOut]
    goods_fen: FenOut
    off_fen: FenOut
    freight_fen: FenOut
    payable_fen: FenOut
    paid_fen: FenOut
    refunded_fen: FenOut
    address: OrderAddress
    remark: str
    created_at: Instant
    pay_before: Instant
    paid_at: Instant | None
    ready_at: Instant | None
    shipped_at: Instant | None
    completed_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: Literal["user", "timeout", "group_ended"] | None
    refunds: list[Refund]
    now: Instant


class OrderPage(BaseModel):
    items: list[Order]
    next_cursor: str | None
    now: Instant


class OrderCounts(BaseModel):
    """Of a merchant's orders a thousand of each are counted at most: that many, or more."""

    pending_payment: int = 0
    grouping: int = 0
    to_ship: int = 0
    shipped: int = 0
    completed: int = 0
    cancelled: int = 0
    refunding: int = 0
    refunded: int = 0
