"""Campaigns, their terms, and how far a group of them is, as clients send and see them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.trade.activities.rules.tiers import MAX_GROUP_SIZE, CampaignKind
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut, ShortText

Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


Kind = Literal["fixed", "ladder"]


Goal = Literal["form", "next_tier", "none"]


class TierPrice(BaseModel):
    people: int
    price_fen: FenOut


class SeatsTaken(BaseModel):
    """How far a group is. `missing` more paid people reach `goal`: that it forms, or its next, lower price.

    `held` seats wait for their payment; `full`: no seat is free now.
    """

    goal: Goal
    missing: int
    held: int
    full: bool


class Campaign(BaseModel):
    """The campaign of a product in which a group can be opened, or the one that a group belongs to.

    `tiers` are the prices of the variant that stands for the product. `regions` None delivers everywhere.

    `newcomers_only`: who joins must be new to the merchant. `overflow`: more people than the top tier may join.
    `initiator_off_percent`: share of the final price of one unit that goes back to the initiator.
    `hard_end`: a group ends with the campaign at the latest.
    """

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
    newcomers_only: bool
    overflow: bool
    initiator_off_percent: int | None
    hard_end: bool


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


class CampaignPage(BaseModel):
    items: list[CampaignRow]
    next_cursor: str | None
