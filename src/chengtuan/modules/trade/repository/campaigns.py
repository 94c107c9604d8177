"""Campaigns: the terms on which groups are opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession
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
    cheapest = [min(prices[tier] for _, prices in campaign.prices) for tier in range(len(campaign.tier_people))]
    await tx.execute(
        "insert into campaign (id, merchant_id, product_id, name, kind, tier_people, from_prices_fen, group_size,"
        " group_duration_s, starts_at, ends_at, stock_cap, per_user_limit, regions, newcomers_only, overflow,"
        " initiator_off_percent, hard_end, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            campaign.id,
            campaign.merchant_id,
            campaign.product_id,
            campaign.name,
            campaign.kind,
            campaign.tier_people,
            cheapest,
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
    await tx.execute("select 1 from listing where product_id = %s for update", (product_id,))
    overlapping: UUID | None = await tx.fetch_value(
        "select id from campaign where product_id = %s and stopped_at is null and starts_at < %s and ends_at > %s",
        (product_id, ends_at, starts_at),
    )
    return overlapping


async def merchant_of_product(db: ReadSession, product_id: UUID) -> UUID | None:
    merchant: UUID | None = await db.fetch_value("select merchant_id from listing where product_id = %s", (product_id,))
    return merchant


@dataclass(frozen=True, slots=True)
class SkuPrice:
    sku_id: UUID
    solo_price_fen: int


async def sku_prices(db: ReadSession, product_id: UUID) -> list[SkuPrice]:
    return await db.fetch_all(
        SkuPrice,
        "select sku_id, solo_price_fen from listing_sku where product_id = %s and active order by position",
        (product_id,),
    )


async def stop_campaign(tx: WriteSession, campaign_id: UUID, merchant_id: UUID, now: datetime) -> bool:
    """No more seats from now on. False if it is another's, or was stopped before."""
    stopped = await tx.execute(
        "update campaign set stopped_at = %s where id = %s and merchant_id = %s and stopped_at is null",
        (now, campaign_id, merchant_id),
    )
    return stopped == 1


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign in the console. `from_prices_fen` are those of the cheapest variant."""

    id: UUID
    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    name: str
    kind: str
    tier_people: list[int]
    from_prices_fen: list[int]
    group_duration_s: int
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
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
    "select c.id, c.product_id, l.name as product_name, l.image_url as product_image_url, c.name, c.kind,"
    " c.tier_people, c.from_prices_fen, c.group_duration_s, c.starts_at, c.ends_at, c.stopped_at, c.stock_cap,"
    " c.stock_taken, c.per_user_limit, c.regions, c.newcomers_only, c.overflow, c.initiator_off_percent, c.hard_end,"
    " g.groups_open, g.groups_succeeded, g.groups_failed"
    " from campaign c join listing l using (product_id) cross join lateral ("
    " select count(*) filter (where status = 'open')::int as groups_open,"
    " count(*) filter (where status = 'succeeded')::int as groups_succeeded,"
    " count(*) filter (where status = 'failed' and opened_at is not null)::int as groups_failed"
    " from buy_group where campaign_id = c.id) g"
)


async def list_campaigns(db: ReadSession, scope: Scope, *, before: UUID | None, limit: int) -> list[CampaignView]:
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
