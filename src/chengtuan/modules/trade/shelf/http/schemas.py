"""The shelf and offers, as shoppers see them."""

from uuid import UUID

from pydantic import BaseModel

from chengtuan.modules.trade.activities.http.schemas import Campaign, SeatsTaken, ShownTerms, TierPrice
from chengtuan.modules.trade.freight.http.shown import OfferFreight
from chengtuan.platform.http.fields import FenOut, Instant, LTextOut


class CardCampaign(ShownTerms):
    """A campaign in which a group can be opened now. Prices are those of the card's variant."""

    id: UUID
    tiers: list[TierPrice]
    ends_at: Instant


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
    merchant_id: UUID
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
    """A variant; `tier_prices_fen` is empty where no campaign has it.

    `sellable` false: it is sent by weight and nobody has weighed it, so there is none `available`, whatever the stock.
    """

    sku_id: UUID
    name: LTextOut
    solo_price_fen: FenOut
    available: int
    sellable: bool
    tier_prices_fen: list[int]


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
    shown: ShownVariant | None
    skus: list[OfferSku]
    campaign: Campaign | None
    freight: OfferFreight
    groups: list[GroupCard]
    groups_total: int
    now: Instant
