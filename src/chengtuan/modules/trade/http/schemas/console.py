"""What merchants' staff send and see."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chengtuan.modules.trade.domain.tiers import MAX_GROUP_SIZE, CampaignKind
from chengtuan.modules.trade.http.schemas.groups import Group, Kind, Region, TierPrice
from chengtuan.modules.trade.http.schemas.orders import Refund
from chengtuan.platform.http.fields import FenIn, Instant, LTextOut, ShortText


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
