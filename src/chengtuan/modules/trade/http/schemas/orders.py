"""What shoppers send and see of their orders and payments."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.trade.domain.wish import Mode
from chengtuan.modules.trade.http.schemas.groups import SeatsTaken
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut
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


class OrderLine(BaseModel):
    sku_id: UUID
    product_name: LTextOut
    sku_name: LTextOut
    image_url: str
    unit_price_fen: FenOut
    quantity: int
    amount_fen: FenOut


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


RefundReasonName = Literal["group_failed", "ladder_difference", "initiator_perk", "late_payment", "cancelled"]
RefundCauseName = Literal["duplicate", "order_closed", "after_deadline", "group_ended", "wrong_amount"]
RefundStatusName = Literal["planned", "submitted", "succeeded", "abnormal"]
OrderStatusName = Literal[
    "pending_payment", "grouping", "to_ship", "shipped", "completed", "cancelled", "refunding", "refunded"
]


class Refund(BaseModel):
    """Planned by us, submitted to the provider, succeeded when the money is back.

    `cause` says why a payment bought nothing (`reason` late_payment).
    """

    id: UUID
    number: str
    amount_fen: FenOut
    reason: RefundReasonName
    cause: RefundCauseName | None
    status: RefundStatusName
    planned_at: Instant
    submitted_at: Instant | None
    succeeded_at: Instant | None


class Order(BaseModel):
    """`ready_at`: since when it is the merchant's turn to send it."""

    id: UUID
    number: str
    kind: Literal["solo", "group"]
    status: OrderStatusName
    group_id: UUID | None
    group: OrderGroup | None
    merchant_id: UUID
    merchant_name: LTextOut
    product_id: UUID
    lines: list[OrderLine]
    goods_fen: FenOut
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


class SyncedOrder(Order):
    """`money_arrived`: the provider has the payment, and the order will say so in a moment.

    False of an order that still waits for payment means that, as of now, nothing was paid.
    """

    money_arrived: bool


class OrderPage(BaseModel):
    items: list[Order]
    next_cursor: str | None
    now: Instant


class OrderCounts(BaseModel):
    pending_payment: int = 0
    grouping: int = 0
    to_ship: int = 0
    shipped: int = 0
    completed: int = 0
    cancelled: int = 0
    refunding: int = 0
    refunded: int = 0


class PayInput(BaseModel):
    channel: Literal["wechat_h5", "wechat_jsapi"]
    return_url: (
        Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f]+$")] | None
    ) = None


class JsapiArguments(BaseModel):
    """The arguments of `wx.requestPayment`."""

    appId: str  # noqa: N815
    timeStamp: str  # noqa: N815
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


class PaymentHandOver(BaseModel):
    """Where to go on: a page to open, or arguments for WeChat."""

    channel: str
    redirect_url: str | None
    jsapi: JsapiArguments | None
    expires_at: Instant
