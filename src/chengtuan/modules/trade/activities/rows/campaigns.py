"""Campaigns: the terms on which groups are opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.states import StopReason
from chengtuan.modules.trade.topics import offer_topic
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A checked definition. `prices` are (SKU, fen per tier)."""

    id: UUID
    merchant_id: UUID
    product_id: UUID
    name: str
    kind: str
    tier_people: list[int]
    prices: Sequence[tuple[UUID, list[int]]]
    group_size: int
    group_duration_s: int
    starts_at: datetime
    ends_at: datetime
    stock_cap: int | None
    per_user_limit: int | None
    regions: list[str] | None
    newcomers_only: bool
    overflow: bool
    initiator_off_percent: int | None
    hard_end: bool


async def insert_campaign(tx: WriteSession, campaign: NewCampaign) -> None:
    tx.touch(offer_topic(campaign.product_id))
    await tx.execute(
        "insert into campaign (id, merchant_id, product_id, name, kind, tier_people, group_size,"
        " group_duration_s, starts_at, ends_at, stock_cap, per_user_limit, regions, newcomers_only, overflow,"
        " initiator_off_percent, hard_end, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            campaign.id,
            campaign.merchant_id,
            campaign.product_id,
            campaign.name,
            campaign.kind,
            campaign.tier_people,
            campaign.group_size,
            campaign.group_duration_s,
            campaign.starts_at,
            campaign.ends_at,
            campaign.stock_cap,
            campaign.per_user_limit,
            campaign.regions,
            campaign.newcomers_only,
            campaign.overflow,
            campaign.initiator_off_percent,
            campaign.hard_end,
            tx.clock.now(),
        ),
    )
    await tx.execute_many(
        "insert into campaign_sku (campaign_id, sku_id, tier_prices_fen) values (%s, %s, %s)",
        [(campaign.id, sku_id, prices) for sku_id, prices in campaign.prices],
    )


async def find_overlapping(tx: WriteSession, product_id: UUID, starts_at: datetime, ends_at: datetime) -> UUID | None:
    """A campaign of the product in that time. The product's shelf row is locked, so that two cannot slip in."""
    taken(tx, Lock.LISTING, [product_id])
    await tx.execute("select 1 from listing where product_id = %s for update", (product_id,))
    overlapping: UUID | None = await tx.fetch_value(
        "select id from campaign where product_id = %s and stopped_at is null and starts_at < %s and ends_at > %s",
        (product_id, ends_at, starts_at),
    )
    return overlapping


async def stop_campaign(tx: WriteSession, campaign_id: UUID, scope: Scope, reason: StopReason, now: datetime) -> bool:
    """No more seats from now on. False if it is not in the scope, or was stopped before."""
    product_id = await tx.fetch_value(
        "update campaign set stopped_at = %(now)s, stop_reason = %(reason)s where id = %(id)s"
        " and (%(all_merchants)s or merchant_id = %(merchant)s) and stopped_at is null"
        " returning product_id",
        {"now": now, "reason": reason, "id": campaign_id, **scope.params()},
    )
    if product_id is not None:
        tx.touch(offer_topic(product_id))
    return product_id is not None


async def dearer_than_alone(tx: WriteSession, product_id: UUID, now: datetime) -> list[UUID]:
    """Campaigns that run, will run or have open groups, and in which a group pays more than one piece alone costs.

    Nothing is locked: the caller has written the prices, and who publishes a campaign waits for that.
    """
    rows = await tx.fetch_tuples(
        "select c.id from campaign c where c.product_id = %(product)s and c.stopped_at is null and (c.ends_at > %(now)s"
        " or exists (select 1 from buy_group g where g.campaign_id = c.id and g.status in ('draft', 'open')))"
        " and exists (select 1 from campaign_sku cs join listing_sku s using (sku_id) where cs.campaign_id = c.id"
        " and s.active and cs.tier_prices_fen[1] > s.solo_price_fen) order by c.id",
        {"product": product_id, "now": now},
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign in the console. Prices are those of its cheapest variant; `sku_name` is None where it has no other."""

    id: UUID
    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    merchant_id: UUID
    merchant_name: dict[str, str]
    name: str
    kind: str
    tier_people: list[int]
    sku_name: dict[str, str] | None
    tier_prices_fen: list[int]
    group_duration_s: int
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    stop_reason: str | None
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

    def status(self, now: datetime) -> str:
        if self.stopped_at is not None:
            return "stopped"
        if now < self.starts_at:
            return "scheduled"
        return "running" if now < self.ends_at else "ended"


_SELECT: LiteralString = (
    "select c.id, c.product_id, l.name as product_name, l.image_url as product_image_url, c.merchant_id,"
    " l.merchant_name, c.name, c.kind,"
    " c.tier_people, case when not v.single then v.name end as sku_name, v.tier_prices_fen, c.group_duration_s,"
    " c.starts_at, c.ends_at, c.stopped_at, c.stop_reason, c.stock_cap, c.stock_taken,"
    " c.per_user_limit, c.regions, c.newcomers_only, c.overflow, c.initiator_off_percent, c.hard_end,"
    " g.groups_open, g.groups_succeeded, g.groups_failed"
    " from campaign c join listing l using (product_id) cross join lateral ("
    " select s.name, cs.tier_prices_fen, count(*) over () = 1 as single from campaign_sku cs"
    " join listing_sku s using (sku_id) where cs.campaign_id = c.id order by cs.tier_prices_fen[1], s.position limit 1"
    ") v cross join lateral ("
    " select count(*) filter (where status = 'open')::int as groups_open,"
    " count(*) filter (where status = 'succeeded')::int as groups_succeeded,"
    " count(*) filter (where status = 'failed' and opened_at is not null)::int as groups_failed"
    " from buy_group where campaign_id = c.id) g"
)


async def list_campaigns(db: ViewSession, scope: Scope, *, before: UUID | None, limit: int) -> list[CampaignView]:
    """Newest first."""
    return await db.fetch_all(
        CampaignView,
        _SELECT + " where (%(all_merchants)s or c.merchant_id = %(merchant)s)"
        " and (%(before)s::uuid is null or c.id < %(before)s) order by c.id desc limit %(limit)s",
        {**scope.params(), "before": before, "limit": limit},
    )


async def find_campaign(db: ReadSession, campaign_id: UUID, scope: Scope) -> CampaignView | None:
    return await db.fetch_one(
        CampaignView,
        _SELECT + " where c.id = %(id)s and (%(all_merchants)s or c.merchant_id = %(merchant)s)",
        {"id": campaign_id, **scope.params()},
    )


@dataclass(frozen=True, slots=True)
class OfferCampaign:
    """A campaign's terms as shoppers see them."""

    id: UUID
    kind: str
    tier_people: list[int]
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


async def find_terms(db: ReadSession, campaign_id: UUID) -> OfferCampaign | None:
    return await db.fetch_one(
        OfferCampaign,
        "select id, kind, tier_people, group_duration_s, starts_at, ends_at, per_user_limit,"
        " stock_cap - stock_taken as stock_left, regions, newcomers_only, overflow, initiator_off_percent, hard_end"
        " from campaign where id = %s",
        (campaign_id,),
    )
