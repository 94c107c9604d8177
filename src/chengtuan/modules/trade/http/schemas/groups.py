"""What shoppers see of the shelf, of campaigns and of groups."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from chengtuan.platform.http.fields import FenOut, Instant, LTextOut

Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Kind = Literal["fixed", "ladder"]
Goal = Literal["form", "next_tier", "none"]


class TierPrice(BaseModel):
    people: int
    price_fen: FenOut


class CardCampaign(BaseModel):
    """A campaign in which a group can be opened now. Prices are those of the card's variant."""

    id: UUID
    kind: Kind
    tiers: list[TierPrice]
    ends_at: Instant
    newcomers_only: bool
    initiator_off_percent: int | None


class SeatsTaken(BaseModel):
    """How far a group is. `missing` more paid people reach `goal`: that it forms, or its next, lower price.

    `held` seats wait for their payment; `full`: no seat is free now.
    """

    goal: Goal
    missing: int
    held: int
    full: bool


class NearestGroup(SeatsTaken):
    """The joinable group that misses the fewest people; those that have to form come first."""

    id: UUID
    deadline: Instant


class ListingCard(BaseModel):
    """A product on the shelf. `sold` counts really paid units.

    All prices are those of one variant, `sku_id`: of what can be bought now the cheapest in a group. `sku_name` is
    null where the product has no other, and only there a `list_price_fen` can be.
    """

    product_id: UUID
    name: LTextOut
    image_url: str
    category_slug: str
    merchant_name: LTextOut
    sku_id: UUID
    sku_name: LTextOut | None
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
    name: LTextOut
    solo_price_fen: FenOut
    available: int
    tier_prices_fen: list[int]


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


class Face(BaseModel):
    nickname: str
    avatar: str


class GroupCard(SeatsTaken):
    """`size` is the people of the top tier; `price_fen` is what joining costs, by the group's own terms."""

    id: UUID
    initiator: Face
    size: int
    paid: int
    price_fen: FenOut
    deadline: Instant


class GroupCardPage(BaseModel):
    items: list[GroupCard]
    next_cursor: str | None
    now: Instant


class ShownVariant(BaseModel):
    """The variant whose prices stand for the product; `sku_name` is null where there is no other."""

    sku_id: UUID
    sku_name: LTextOut | None
    solo_price_fen: FenOut
    list_price_fen: int | None
    in_stock: bool


class Offer(BaseModel):
    """What is moving about a product: prices, stock, its campaign and running groups.

    `on_sale` false: it left the shelf, nobody can buy it alone or open a group; `groups` can still be filled.
    """

    product_id: UUID
    product_name: LTextOut
    image_url: str
    on_sale: bool
    now: Instant
    shown: ShownVariant | None
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


class Group(SeatsTaken):
    """A group's public page. Tier fields are indexes into `tiers`.

    Prices are those of one variant by the group's own terms; `sku_name` is null where there is no other. `on_sale`:
    whether the product is still on the shelf, so that other groups can be opened.

    `size` is the people of the top tier; `seats` is how many may be in the group, which is more with `overflow`.
    """

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
    seats: int
    paid: int
    locked: int
    overflow: bool
    newcomers_only: bool
    initiator_off_percent: int | None
    tiers: list[GroupTier]
    current_tier: int | None
    next_tier: int | None
    final_tier: int | None
    sku_name: LTextOut | None
    solo_price_fen: FenOut
    on_sale: bool
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
