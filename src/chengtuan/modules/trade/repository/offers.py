"""What a product's page shows of trade: its variants, the running campaign, groups to join."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession


@dataclass(frozen=True, slots=True)
class OfferSku:
    sku_id: UUID
    solo_price_fen: int
    available: int
    tier_prices_fen: list[int]


@dataclass(frozen=True, slots=True)
class OfferCampaign:
    """A campaign as shoppers see it; prices are those of the cheapest variant."""

    id: UUID
    kind: str
    tier_people: list[int]
    from_prices_fen: list[int]
    group_size: int
    group_duration_s: int
    starts_at: datetime
    ends_at: datetime
    per_user_limit: int | None
    stock_left: int | None
    regions: list[str] | None
    newcomers_only: bool
    overflow: bool
    initiator_off_percent: int | None
    hard_end: bool


async def find_running_campaign(db: ReadSession, product_id: UUID, now: datetime) -> OfferCampaign | None:
    return await db.fetch_one(
        OfferCampaign,
        "select id, kind, tier_people, from_prices_fen, tier_people[cardinality(tier_people)] as group_size,"
        " group_duration_s, starts_at, ends_at, per_user_limit, stock_cap - stock_taken as stock_left, regions,"
        " newcomers_only, overflow,"
        " initiator_off_percent, hard_end from campaign where product_id = %(id)s"
        " and stopped_at is null and starts_at <= %(now)s and ends_at > %(now)s order by starts_at desc limit 1",
        {"id": product_id, "now": now},
    )


async def offer_skus(db: ReadSession, product_id: UUID, campaign_id: UUID | None) -> list[OfferSku]:
    """The variants on sale; none if the product is not on the shelf."""
    return await db.fetch_all(
        OfferSku,
        "select s.sku_id, s.solo_price_fen, coalesce(st.available, 0) as available,"
        " coalesce(cs.tier_prices_fen, '{}') as tier_prices_fen from listing_sku s"
        " join listing l using (product_id) left join stock st using (sku_id)"
        " left join campaign_sku cs on cs.sku_id = s.sku_id and cs.campaign_id = %s"
        " where s.product_id = %s and s.active and l.published order by s.position",
        (campaign_id, product_id),
    )


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group that somebody could join now."""

    id: UUID
    initiator_nickname: str
    initiator_avatar: str
    tier_people: list[int]
    seats: int
    paid: int
    locked: int
    deadline: datetime


async def joinable_groups(
    db: ReadSession, product_id: UUID, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[GroupCard]:
    """Soonest deadline first."""
    return await db.fetch_all(
        GroupCard,
        "select g.id, s.nickname as initiator_nickname, s.avatar as initiator_avatar,"
        " g.tier_people, g.size as seats, g.paid, g.locked, g.deadline"
        " from buy_group g join seat s on s.group_id = g.id and s.user_id = g.initiator_id"
        " and s.status = 'paid' where g.product_id = %(id)s and g.status = 'open' and g.deadline > %(now)s"
        " and g.locked < g.size and (%(at)s::timestamptz is null or (g.deadline, g.id) > (%(at)s, %(last)s::uuid))"
        " order by g.deadline, g.id limit %(limit)s",
        {
            "id": product_id,
            "now": now,
            "at": after[0] if after else None,
            "last": after[1] if after else None,
            "limit": limit,
        },
    )


async def count_joinable_groups(db: ReadSession, product_id: UUID, now: datetime) -> int:
    count: int = await db.fetch_value(
        "select count(*) from buy_group where product_id = %s and status = 'open' and deadline > %s and locked < size",
        (product_id, now),
    )
    return count
