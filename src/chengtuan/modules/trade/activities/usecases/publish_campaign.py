"""A merchant starts a campaign: fixed or ladder, one form of definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.catalog.facade import DearerThanAlone, GroupPrice, ProductNotFound
from chengtuan.modules.trade.activities.rows import campaigns as campaign_rows
from chengtuan.modules.trade.activities.rows.campaigns import NewCampaign
from chengtuan.modules.trade.activities.rules.tiers import CampaignKind, check_overflow, check_tiers, seats_of
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.goods import rows as goods_rows
from chengtuan.modules.trade.goods.rows import SkuPrice
from chengtuan.modules.trade.problems import (
    BadCampaignTimes,
    BadTiers,
    CampaignOverlaps,
    SkuNotFound,
)
from chengtuan.platform.jobs import Job

MAX_DURATION = timedelta(days=7)
MAX_LENGTH = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class TierTerms:
    """From this many people on, these prices in fen by SKU."""

    people: int
    prices: Mapping[UUID, int]


@dataclass(frozen=True, kw_only=True)
class CampaignTerms:
    """What the merchant asks for. Durations in seconds, times in UTC.

    `newcomers_only`: who joins must be new to the merchant. `overflow`: a ladder takes more people than its top
    tier. `initiator_off_percent`: share of the final price of one unit that goes back to the initiator.
    `hard_end`: groups end with the campaign at the latest.
    """

    merchant_id: UUID
    product_id: UUID
    name: str
    kind: CampaignKind
    tiers: Sequence[TierTerms]
    group_duration_s: int
    starts_at: datetime
    ends_at: datetime
    stock_cap: int | None = None
    per_user_limit: int | None = None
    regions: Sequence[str] | None = None
    newcomers_only: bool = False
    overflow: bool = False
    initiator_off_percent: int | None = None
    hard_end: bool = True


async def publish_campaign(ctx: Trade, terms: CampaignTerms) -> UUID:
    """Raises SkuNotFound (also for another merchant's product), BadTiers, BadCampaignTimes, CampaignOverlaps.

    The catalog keeps the prices first: from then on nobody can make one piece alone cheaper without ending this.
    """
    _check_times(terms, ctx.clock.now())
    async with ctx.database.read() as db:
        owner = await goods_rows.merchant_of_product(db, terms.product_id)
        skus = await goods_rows.sku_prices(db, terms.product_id)
    if owner != terms.merchant_id or not skus:
        raise SkuNotFound
    campaign = _checked(terms, skus)
    await _keep_prices(ctx, campaign)
    async with ctx.database.write() as tx:
        other = await campaign_rows.find_overlapping(tx, terms.product_id, terms.starts_at, terms.ends_at)
        if other is None:
            await campaign_rows.insert_campaign(tx, campaign)
    if other is not None:
        await ctx.catalog.release_prices(campaign_id=campaign.id)
        raise CampaignOverlaps(campaign_id=str(other))
    return campaign.id


async def _keep_prices(ctx: Trade, campaign: NewCampaign) -> None:
    """As long as groups of the campaign can be open."""
    until = campaign.ends_at if campaign.hard_end else campaign.ends_at + timedelta(seconds=campaign.group_duration_s)
    try:
        await ctx.catalog.keep_prices(
            campaign_id=campaign.id,
            merchant_id=campaign.merchant_id,
            product_id=campaign.product_id,
            prices=[GroupPrice(sku_id=sku_id, price_fen=prices[0]) for sku_id, prices in campaign.prices],
            until=until,
        )
    except DearerThanAlone as error:  # the shelf had not heard of the new prices yet
        raise BadTiers(reason="price_above_solo") from error
    except ProductNotFound as error:
        raise SkuNotFound from error


def _check_times(terms: CampaignTerms, now: datetime) -> None:
    if terms.ends_at <= now:
        raise BadCampaignTimes(reason="ends_in_the_past")
    if terms.ends_at <= terms.starts_at:
        raise BadCampaignTimes(reason="ends_before_it_starts")
    if terms.ends_at - terms.starts_at > MAX_LENGTH:
        raise BadCampaignTimes(reason="too_long")
    if not 60 <= terms.group_duration_s <= MAX_DURATION.total_seconds():
        raise BadCampaignTimes(reason="group_duration_out_of_range")


def _checked(terms: CampaignTerms, skus: Sequence[SkuPrice]) -> NewCampaign:
    solo = {sku.sku_id: sku.solo_price_fen for sku in skus}
    offered = [sku_id for sku_id in solo if any(sku_id in tier.prices for tier in terms.tiers)]
    if not offered or any(set(tier.prices) - set(solo) for tier in terms.tiers):
        raise BadTiers(reason="unknown_sku")
    prices = [(sku_id, [tier.prices.get(sku_id, 0) for tier in terms.tiers]) for sku_id in offered]
    people = [tier.people for tier in terms.tiers]
    check_tiers(terms.kind, people, [by_tier for _, by_tier in prices])
    check_overflow(terms.kind, overflow=terms.overflow)
    if any(by_tier[0] > solo[sku_id] for sku_id, by_tier in prices):
        raise BadTiers(reason="price_above_solo")
    return NewCampaign(
        id=new_id(),
        merchant_id=terms.merchant_id,
        product_id=terms.product_id,
        name=terms.name,
        kind=terms.kind,
        tier_people=people,
        prices=prices,
        group_size=seats_of(people, overflow=terms.overflow),
        group_duration_s=terms.group_duration_s,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        stock_cap=terms.stock_cap,
        per_user_limit=terms.per_user_limit,
        regions=sorted(set(terms.regions)) if terms.regions else None,
        newcomers_only=terms.newcomers_only,
        overflow=terms.overflow,
        initiator_off_percent=terms.initiator_off_percent,
        hard_end=terms.hard_end,
    )


async def release_prices(ctx: Trade, job: Job) -> None:
    """A stopped campaign binds no price any more."""
    await ctx.catalog.release_prices(campaign_id=UUID(job.ref))
