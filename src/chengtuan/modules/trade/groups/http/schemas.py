"""Groups, as everybody and their merchant see them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from chengtuan.modules.trade.activities.http.schemas import SeatsTaken, ShownTerms
from chengtuan.platform.http.fields import FenOut, Instant, LTextOut


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


class Group(SeatsTaken, ShownTerms):
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
    status: Literal["draft", "open", "succeeded", "failed"]
    fail_reason: Literal["expired", "cancelled", "campaign_stopped"] | None
    size: int
    seats: int
    paid: int
    locked: int
    overflow: bool
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


class GroupPage(BaseModel):
    items: list[Group]
    next_cursor: str | None


class GroupCounts(BaseModel):
    """A thousand of each are counted at most: that many, or more."""

    open: int
    succeeded: int
    failed: int


class Commitment(BaseModel):
    """A campaign or a flash sale that runs or will run, or a campaign that has open groups. `people` have paid for a
    seat in one of them.

    `until` is the last open group's deadline, null without one. `sku_ids` are the variants it sells.
    """

    activity_id: UUID
    kind: Literal["group", "flash"]
    name: str
    starts_at: Instant
    ends_at: Instant
    sku_ids: list[UUID]
    groups: int
    people: int
    until: Instant | None


class Commitments(BaseModel):
    """What a product is promised to."""

    items: list[Commitment]
