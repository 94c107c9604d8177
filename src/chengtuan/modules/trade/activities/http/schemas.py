"""Campaigns, their terms, and how far a group of them is, as clients send and see them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.trade.activities.http.narrowed import ActivityStatusName
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import MAX_DURATION_S, MIN_DURATION_S, GroupTerms
from chengtuan.modules.trade.activities.rules.tiers import MAX_GROUP_SIZE, CampaignKind
from chengtuan.modules.trade.activities.usecases.publish_campaign import CampaignRequest
from chengtuan.modules.trade.limits import MAX_PER_USER
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut, ShortText
from chengtuan.platform.http.lists import EachOnce

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


class ShownTerms(BaseModel):
    """Those of a campaign's terms by which shoppers choose, wherever it or a group of it is shown."""

    kind: Kind
    newcomers_only: bool
    initiator_off_percent: int | None


class CampaignTerms(ShownTerms):
    """All terms of a campaign, as `Campaign` explains them."""

    id: UUID
    tiers: list[TierPrice]
    group_duration_s: int
    starts_at: Instant
    ends_at: Instant
    per_user_limit: int | None
    regions: list[str] | None
    overflow: bool
    hard_end: bool


class Campaign(CampaignTerms):
    """The campaign of a product in which a group can be opened, or the one that a group belongs to.

    `tiers` are the prices of the variant that stands for the product. `regions` None delivers everywhere.

    `newcomers_only`: who joins must be new to the merchant. `overflow`: more people than the top tier may join.
    `initiator_off_percent`: share of the final price of one unit that goes back to the initiator.
    `hard_end`: a group ends with the campaign at the latest.
    """

    group_size: int
    stock_left: int | None


class SkuPriceInput(BaseModel):
    sku_id: UUID
    price_fen: FenIn


class TierInput(BaseModel):
    people: Annotated[int, Field(ge=2, le=MAX_GROUP_SIZE, strict=True)]
    prices: Annotated[list[SkuPriceInput], Field(min_length=1, max_length=100), EachOnce("sku_id")]


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
    group_duration_s: Annotated[int, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S, strict=True)]
    starts_at: Instant
    ends_at: Instant
    stock_cap: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] | None = None
    per_user_limit: Annotated[int, Field(ge=1, le=MAX_PER_USER, strict=True)] | None = None
    regions: Annotated[list[Region], Field(min_length=1, max_length=40)] | None = None
    newcomers_only: Annotated[bool, Field(strict=True)] = False
    overflow: Annotated[bool, Field(strict=True)] = False
    initiator_off_percent: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    hard_end: Annotated[bool, Field(strict=True)] = True

    def request(self, merchant_id: UUID) -> CampaignRequest:
        """What this merchant asks for."""
        return CampaignRequest(
            merchant_id=merchant_id,
            product_id=self.product_id,
            name=self.name,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            pricing=self.kind,
            terms=GroupTerms(
                people=tuple(tier.people for tier in self.tiers),
                duration_s=self.group_duration_s,
                hard_end=self.hard_end,
                overflow=self.overflow,
                initiator_off_percent=self.initiator_off_percent,
            ),
            prices=[{price.sku_id: price.price_fen for price in tier.prices} for tier in self.tiers],
            eligibility=Eligibility(
                newcomers_only=self.newcomers_only,
                regions=tuple(sorted(set(self.regions))) if self.regions else None,
            ),
            cap=self.stock_cap,
            per_user_limit=self.per_user_limit,
        )


class CampaignRow(CampaignTerms):
    """`tiers` are the prices of one variant, the cheapest; `sku_name` is null where the campaign has no other.

    `stop_reason`: `merchant`, or `dearer_than_alone` when one piece alone became cheaper than in a group.
    """

    product_id: UUID
    product_name: LTextOut
    product_image_url: str
    merchant_id: UUID
    merchant_name: LTextOut
    name: str
    status: ActivityStatusName
    stop_reason: Literal["merchant", "dearer_than_alone"] | None
    sku_name: LTextOut | None
    stock_cap: int | None
    stock_taken: int
    groups_open: int
    groups_succeeded: int
    groups_failed: int


class CampaignPage(BaseModel):
    items: list[CampaignRow]
    next_cursor: str | None
