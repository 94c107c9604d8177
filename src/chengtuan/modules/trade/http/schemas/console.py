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
    """One form for fixed (one tier) and ladder (two to five tiers). Durations in seconds.

    `newcomers_only`: who joins must be new to the merchant. `overflow` (ladder): more people than the top tier
    may join until the deadline. `initiator_off_percent`: that share of the final price of one unit goes back to
    the initiator when the group forms; 100 is free. `hard_end`: groups end with the campaign at the latest.
    """

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
    newcomers_only: Annotated[bool, Field(strict=True)] = False
    overflow: Annotated[bool, Field(strict=True)] = False
    initiator_off_percent: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    hard_end: Annotated[bool, Field(strict=True)] = True


class CampaignRow(BaseModel):
    """`tiers` are the prices of one variant, the cheapest; `sku_name` is null where the campaign has no other.

    `stop_reason`: `merchant`, or `dearer_than_alone` when one piece alone became cheaper than in a group.
    """

    id: UUID
    product_id: UUID
    product_name: LTextOut
    product_image_url: str
    merchant_id: UUID
    merchant_name: LTextOut
    name: str
    kind: Kind
    status: Literal["scheduled", "running", "ended", "stopped"]
    stop_reason: Literal["merchant", "dearer_than_alone"] | None
    tiers: list[TierPrice]
    sku_name: LTextOut | None
    group_duration_s: int
    starts_at: Instant
    ends_at: Instant
    stock_cap: int | None
    stock_taken: int
    per_user_limit: int | None
    regions: list[str] | None
    newcomers_only: bool
    overflow: bool
    initiator_off_percent: int | None
    hard_end: bool
    groups_open: int
    groups_succeeded: int
    groups_failed: int


class Commitment(BaseModel):
    """A campaign that runs, will run or has open groups. `people` have paid for a seat in one of them.

    `until` is the last open group's deadline, null without one. `sku_ids` are the variants it sells.
    """

    campaign_id: UUID
    name: str
    ends_at: Instant
    sku_ids: list[UUID]
    groups: int
    people: int
    until: Instant | None


class Commitments(BaseModel):
    """What a product is promised to."""

    items: list[Commitment]


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
    """`trouble`: why it is abnormal; `trouble_words`: what the provider says about it.

    `refused`: it said no. `closed`: it gave up. `failed`: it cannot reach the payer's account. `lost`: it does not
    know the refund any more. `too_many`, `too_old`: beyond what the provider refunds.
    """

    order_id: UUID
    order_number: str
    merchant_id: UUID
    merchant_name: LTextOut
    trouble: Literal["refused", "closed", "failed", "lost", "too_many", "too_old"] | None
    trouble_words: str | None


class RefundPage(BaseModel):
    items: list[ConsoleRefund]
    next_cursor: str | None


class RefundQueueSummary(BaseModel):
    """Refunds that are not back yet, and those among them that a person has to look at."""

    waiting: int
    waiting_fen: int
    oldest_waiting_at: Instant | None
    abnormal: int
    abnormal_fen: int
    oldest_abnormal_at: Instant | None
    now: Instant
