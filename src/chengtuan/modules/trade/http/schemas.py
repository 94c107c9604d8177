"""What trade says and hears over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.trade.domain.admission import Mode
from chengtuan.modules.trade.domain.tiers import MAX_GROUP_SIZE, CampaignKind
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut, ShortText

Region = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Kind = Literal["fixed", "ladder"]


class TierPrice(BaseModel):
    people: int
    price_fen: FenOut


class CardCampaign(BaseModel):
    """Prices are those of the cheapest variant."""

    id: UUID
    kind: Kind
    tiers: list[TierPrice]
    ends_at: Instant


class NearestGroup(BaseModel):
    """The joinable group that misses the fewest people."""

    id: UUID
    missing: int
    deadline: Instant


class ListingCard(BaseModel):
    """A product on the shelf. `sold` counts really paid units."""

    product_id: UUID
    name: LTextOut
    image_url: str
    category_slug: str
    merchant_name: LTextOut
    list_price_fen: int | None
    solo_price_fen: FenOut
    sold: int
    sold_out: bool
    campaign: CardCampaign | None
    nearest_group: NearestGroup | None


class ListingPage(BaseModel):
    items: list[ListingCard]
    next_cursor: str | None
    now: Instant


class OfferSku(BaseModel):
    """A variant; `tier_prices_fen` is empty where no campaign has it."""

    sku_id: UUID
    solo_price_fen: FenOut
    available: int
    tier_prices_fen: list[int]


class Campaign(BaseModel):
    """The running campaign of a product. `regions` None delivers everywhere."""

    id: UUID
    kind: Kind
    tiers: list[TierPrice]
    group_size: int
    group_duration_s: int
    starts_at: Instant
    ends_at: Instant
    per_user_limit: int | None
    stock_left: int | None
    regions: list[str] | None


class Face(BaseModel):
    nickname: str
    avatar: str


class GroupCard(BaseModel):
    id: UUID
    initiator: Face
    size: int
    paid: int
    missing: int
    deadline: Instant


class GroupCardPage(BaseModel):
    items: list[GroupCard]
    next_cursor: str | None
    now: Instant


class Offer(BaseModel):
    """What is moving about a product: prices, stock, its campaign and running groups."""

    product_id: UUID
    now: Instant
    skus: list[OfferSku]
    campaign: Campaign | None
    groups: list[GroupCard]
    groups_total: int


class GroupTier(BaseModel):
    people: int
    price_fen: FenOut
    reached: bool


class GroupMember(BaseModel):
    nickname: str
    avatar: str
    is_initiator: bool
    joined_at: Instant
    refunded: bool


class Group(BaseModel):
    """A group's public page. Tier fields are indexes into `tiers`; `missing` counts to the next tier."""

    id: UUID
    product_id: UUID
    product_name: LTextOut
    product_image_url: str
    merchant_name: LTextOut
    campaign_id: UUID
    kind: Kind
    status: Literal["draft", "open", "succeeded", "failed"]
    fail_reason: Literal["expired", "cancelled", "campaign_stopped", "out_of_stock"] | None
    size: int
    paid: int
    locked: int
    missing: int
    tiers: list[GroupTier]
    current_tier: int | None
    next_tier: int | None
    final_tier: int | None
    solo_price_fen: FenOut
    list_price_fen: int | None
    members: list[GroupMember]
    opened_at: Instant | None
    deadline: Instant | None
    formed_at: Instant | None
    closed_at: Instant | None
    version: int
    now: Instant


class Seat(BaseModel):
    status: Literal["locked", "paid", "released"]
    order_id: UUID
    is_initiator: bool
    expires_at: Instant


class OwnSeat(BaseModel):
    seat: Seat | None


class OrderInput(BaseModel):
    """`open` needs `campaign_id`, `join` needs `group_id`. Prices are computed here, never taken."""

    mode: Mode
    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    campaign_id: UUID | None = None
    group_id: UUID | None = None
    address_id: UUID
    expected_payable_fen: FenIn | None = None
    remark: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class PreviewInput(BaseModel):
    """As OrderInput, with or without an address."""

    mode: Mode
    sku_id: UUID
    quantity: Annotated[int, Field(strict=True)]
    campaign_id: UUID | None = None
    group_id: UUID | None = None
    address_id: UUID | None = None


class Quote(BaseModel):
    unit_price_fen: FenOut
    quantity: int
    goods_fen: FenOut
    freight_fen: FenOut
    payable_fen: FenOut
    tier_prices_fen: list[int]
    deliverable: bool
    hold_s: int


class OrderLine(BaseModel):
    sku_id: UUID
    product_name: LTextOut
    sku_name: LTextOut
    image_url: str
    unit_price_fen: FenOut
    quantity: int
    amount_fen: FenOut


class OrderGroup(BaseModel):
    id: UUID
    status: Literal["draft", "open", "succeeded", "failed"]
    size: int
    paid: int
    missing: int
    deadline: Instant | None
    is_initiator: bool


class OrderAddress(BaseModel):
    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str


RefundReasonName = Literal["group_failed", "ladder_difference", "late_payment", "cancelled"]
RefundStatusName = Literal["planned", "submitted", "succeeded", "abnormal"]
OrderStatusName = Literal[
    "pending_payment", "grouping", "to_ship", "shipped", "completed", "cancelled", "refunding", "refunded"
]


class Refund(BaseModel):
    id: UUID
    number: str
    amount_fen: FenOut
    reason: RefundReasonName
    status: RefundStatusName
    planned_at: Instant
    succeeded_at: Instant | None


class Order(BaseModel):
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
    shipped_at: Instant | None
    completed_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: Literal["user", "timeout"] | None
    refunds: list[Refund]
    now: Instant


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
    return_url: Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://")] | None = None


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


class SkuPriceInput(BaseModel):
    sku_id: UUID
    price_fen: FenIn


class TierInput(BaseModel):
    people: Annotated[int, Field(ge=2, le=MAX_GROUP_SIZE, strict=True)]
    prices: Annotated[list[SkuPriceInput], Field(min_length=1, max_length=100)]


class CampaignInput(BaseModel):
    """One form for fixed (one tier) and ladder (two to five tiers). Durations in seconds."""

    product_id: UUID
    name: ShortText
    kind: CampaignKind
    tiers: Annotated[list[TierInput], Field(min_length=1, max_length=5)]
    group_duration_s: Annotated[int, Field(ge=60, le=604800, strict=True)]
    starts_at: Instant
    ends_at: Instant
    stock_cap: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None
    per_user_limit: Annotated[int, Field(ge=1, le=999, strict=True)] | None = None
    regions: Annotated[list[Region], Field(min_length=1, max_length=40)] | None = None


class CampaignRow(BaseModel):
    id: UUID
    product_id: UUID
    product_name: LTextOut
    product_image_url: str
    name: str
    kind: Kind
    status: Literal["scheduled", "running", "ended", "stopped"]
    tiers: list[TierPrice]
    group_duration_s: int
    starts_at: Instant
    ends_at: Instant
    stock_cap: int | None
    stock_taken: int
    per_user_limit: int | None
    regions: list[str] | None
    groups_open: int
    groups_succeeded: int
    groups_failed: int


class CampaignPage(BaseModel):
    items: list[CampaignRow]
    next_cursor: str | None


class GroupPage(BaseModel):
    items: list[Group]
    next_cursor: str | None


class GroupCounts(BaseModel):
    open: int
    succeeded: int
    failed: int


class ConsoleRefund(Refund):
    order_id: UUID
    order_number: str


class RefundPage(BaseModel):
    items: list[ConsoleRefund]
    next_cursor: str | None


class SkuStock(BaseModel):
    sku_id: UUID
    on_hand: int
    available: int
    reserved: int


class StockList(BaseModel):
    items: list[SkuStock]


class StockInput(BaseModel):
    on_hand: Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
