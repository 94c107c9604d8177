"""What a product's page and a group's panel show of trade: variants, prices, the activity, groups to join."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.shown_variant import GROUP_PRICES, IN_A_GROUP, ON_THE_SHELF, OPEN_ACTIVITY
from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import Filling
from chengtuan.modules.trade.goods.rows import AVAILABLE, SOLD_STOCK, WEIGHED
from chengtuan.modules.trade.limits import MOST_COUNTED
from chengtuan.platform.by_state import LAST
from chengtuan.platform.database import ReadSession, ViewSession


@dataclass(frozen=True, slots=True)
class OfferHead:
    """A product as the shelf has it, with the variant that stands for it; `sku_name` is None where there is no other.

    `tier_prices_fen` and `activity_id` are None where no group can be opened.
    """

    product_id: UUID
    product_name: dict[str, str]
    image_url: str
    on_sale: bool
    sku_id: UUID | None
    sku_name: dict[str, str] | None
    solo_price_fen: int | None
    list_price_fen: int | None
    in_stock: bool | None
    tier_prices_fen: list[int] | None
    activity_id: UUID | None


_VARIANT: LiteralString = (
    "l.product_id, l.name as product_name, l.image_url, l.published as on_sale, v.sku_id,"
    " case when not v.single then v.name end as sku_name, v.solo_price_fen, v.in_stock,"
)


async def find_offer(db: ReadSession, product_id: UUID, now: datetime) -> OfferHead | None:
    """What the shelf offers; None if the product was never on it."""
    return await db.fetch_one(
        OfferHead,
        "select " + _VARIANT + " case when v.single then l.list_price_fen end as list_price_fen,"
        " " + GROUP_PRICES + " as tier_prices_fen, case when " + GROUP_PRICES + " is not null then a.id end"
        " as activity_id from listing l " + OPEN_ACTIVITY + " " + ON_THE_SHELF + " where l.product_id = %(id)s",
        {"id": product_id, "now": now},
    )


async def find_group_offer(db: ReadSession, group_id: UUID) -> OfferHead | None:
    """What who joins a group can buy: by its own terms, also when the product has left the shelf."""
    return await db.fetch_one(
        OfferHead,
        "select " + _VARIANT + " null::bigint as list_price_fen, v.tier_prices_fen, g.activity_id"
        " from buy_group g join listing l using (product_id) " + IN_A_GROUP + " where g.id = %(id)s",
        {"id": group_id},
    )


@dataclass(frozen=True, slots=True)
class OfferSku:
    sku_id: UUID
    name: dict[str, str]
    solo_price_fen: int
    available: int
    sellable: bool
    tier_prices_fen: list[int]


async def shelf_skus(db: ReadSession, product_id: UUID, activity_id: UUID | None) -> list[OfferSku]:
    """The variants on sale; none if the product is not on the shelf."""
    return await db.fetch_all(
        OfferSku,
        "select s.sku_id, s.name, s.solo_price_fen, " + AVAILABLE + " as available, " + WEIGHED + " as sellable,"
        " coalesce(p.tier_prices_fen, '{}') as tier_prices_fen from listing_sku s"
        " join listing l using (product_id) left join " + SOLD_STOCK + " using (sku_id)"
        " left join activity_price p on p.sku_id = s.sku_id and p.activity_id = %s"
        " where s.product_id = %s and s.active and l.published order by s.position",
        (activity_id, product_id),
    )


async def activity_skus(db: ReadSession, activity_id: UUID) -> list[OfferSku]:
    """The variants that an activity was published with, sold elsewhere or not."""
    return await db.fetch_all(
        OfferSku,
        "select s.sku_id, s.name, s.solo_price_fen, " + AVAILABLE + " as available, " + WEIGHED + " as sellable,"
        " p.tier_prices_fen from activity_price p join listing_sku s using (sku_id) left join "
        + SOLD_STOCK
        + " using (sku_id)"
        " where p.activity_id = %s order by s.position",
        (activity_id,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCard(Filling):
    """A group that somebody could join now, with the prices of the variant that stands for it."""

    id: UUID
    initiator_nickname: str
    initiator_avatar: str
    terms: GroupTerms
    tier_prices_fen: list[int]
    deadline: datetime


_SELLING: LiteralString = (
    "a.product_id = %(id)s and (a.cap is null or a.taken < a.cap) and exists (select from activity_price p"
    " join listing_sku s using (sku_id) left join "
    + SOLD_STOCK
    + " using (sku_id) where p.activity_id = a.id and "
    + AVAILABLE
    + " > 0)"
)
"""Activities `a` of a product that have something to sell. Each knows its groups in the order of their deadlines."""
_JOINABLE: LiteralString = (
    "g.activity_id = a.id and g.status = 'open' and g.locked < g.seats"
    " and (g.deadline, g.id) > (%(at)s, %(last)s::uuid)"
)


async def joinable_groups(
    db: ViewSession, product_id: UUID, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[GroupCard]:
    """Soonest deadline first."""
    at, last = max(after or (now, LAST), (now, LAST))
    return await db.fetch_all(
        with_terms(GroupCard),
        "select g.id, g.initiator_nickname, g.initiator_avatar,"
        " g.terms::text, v.tier_prices_fen, g.goal, g.missing, g.seats, g.paid, g.locked, g.deadline"
        # a page of groups first: what they cost is looked up for those that are shown
        " from (select g.* from activity a cross join lateral (select g.*, i.nickname as initiator_nickname,"
        # their seats are looked up one by one: all of them sorted would be no page
        " i.avatar as initiator_avatar from buy_group g cross join lateral (select i.nickname, i.avatar from seat i"
        " where i.group_id = g.id and i.user_id = g.initiator_id and i.status = 'paid' limit 1) i where "
        + (_JOINABLE + " order by g.deadline, g.id limit %(limit)s) g where " + _SELLING)
        + " order by g.deadline, g.id limit %(limit)s) g "
        + IN_A_GROUP
        + " order by g.deadline, g.id",
        {"id": product_id, "at": at, "last": last, "limit": limit},
    )


async def count_joinable_groups(db: ReadSession, product_id: UUID, now: datetime) -> int:
    """`MOST_COUNTED` at most."""
    count: int = await db.fetch_value(
        "select count(*) from (select from activity a cross join lateral (select from buy_group g where "
        + (_JOINABLE + " limit %(most)s) g where " + _SELLING + " limit %(most)s) g"),
        {"id": product_id, "at": now, "last": LAST, "most": MOST_COUNTED},
    )
    return count
