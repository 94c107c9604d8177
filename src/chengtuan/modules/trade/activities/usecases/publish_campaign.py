"""A merchant starts an activity in which people buy in groups: fixed or ladder, one form of definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.catalog.facade import DearerThanAlone
from chengtuan.modules.trade.activities.rows import activities as activity_rows
from chengtuan.modules.trade.activities.rows.activities import NewActivity
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.tiers import CampaignKind, check_tiers
from chengtuan.modules.trade.activities.usecases.keep_prices import keep_prices
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.goods import rows as goods_rows
from chengtuan.modules.trade.goods.rows import SkuPrice
from chengtuan.modules.trade.problems import BadCampaignTimes, BadTiers, CampaignOverlaps, SkuNotFound, UnknownProvince
from chengtuan.modules.trade.states import ActivityKind

MAX_LENGTH = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class CampaignRequest:
    """What the merchant asks for. `prices` are fen by SKU, for each tier of `terms`; `pricing` is what they mean."""

    merchant_id: UUID
    product_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    pricing: CampaignKind
    terms: GroupTerms
    prices: Sequence[Mapping[UUID, int]]
    eligibility: Eligibility
    cap: int | None = None
    per_user_limit: int | None = None


async def publish_campaign(ctx: TradeContext, campaign: CampaignRequest) -> UUID:
    """Raises SkuNotFound (also for another merchant's product), BadTiers, BadCampaignTimes, UnknownProvince,
    CampaignOverlaps.

    The catalog keeps the prices first: from then on nobody can make one piece alone cheaper without ending this.
    """
    _check_window(campaign, ctx.clock.now())
    if unknown := set(campaign.eligibility.regions or ()) - PROVINCE_CODES:
        raise UnknownProvince(province_code=min(unknown))
    async with ctx.database.read() as db:
        owner = await goods_rows.merchant_of_product(db, campaign.product_id)
        skus = await goods_rows.sku_prices(db, campaign.product_id)
    if owner != campaign.merchant_id or not skus:
        raise SkuNotFound
    activity = _checked(campaign, skus)
    try:  # as long as groups can be open
        await keep_prices(ctx, activity, until=campaign.terms.last_deadline(campaign.ends_at))
    except DearerThanAlone as error:
        raise BadTiers(reason="price_above_solo") from error
    async with ctx.database.write() as tx:
        other = await activity_rows.find_overlapping(
            tx, ActivityKind.GROUP, activity.product_id, activity.starts_at, activity.ends_at
        )
        if other is None:
            await activity_rows.insert_activity(tx, activity)
    if other is not None:
        await ctx.catalog.release_prices(campaign_id=activity.id)
        raise CampaignOverlaps(campaign_id=str(other))
    return activity.id


def _check_window(campaign: CampaignRequest, now: datetime) -> None:
    if campaign.ends_at <= now:
        raise BadCampaignTimes(reason="ends_in_the_past")
    if campaign.ends_at <= campaign.starts_at:
        raise BadCampaignTimes(reason="ends_before_it_starts")
    if campaign.ends_at - campaign.starts_at > MAX_LENGTH:
        raise BadCampaignTimes(reason="too_long")


def _checked(campaign: CampaignRequest, skus: Sequence[SkuPrice]) -> NewActivity:
    solo = {sku.sku_id: sku.solo_price_fen for sku in skus}
    offered = [sku_id for sku_id in solo if any(sku_id in tier for tier in campaign.prices)]
    if not offered or any(set(tier) - set(solo) for tier in campaign.prices):
        raise BadTiers(reason="unknown_sku")
    prices = {sku_id: [tier.get(sku_id, 0) for tier in campaign.prices] for sku_id in offered}
    check_tiers(campaign.pricing, campaign.terms.people, list(prices.values()))
    campaign.terms.check()
    if any(by_tier[0] > solo[sku_id] for sku_id, by_tier in prices.items()):
        raise BadTiers(reason="price_above_solo")
    return NewActivity(
        id=new_id(),
        merchant_id=campaign.merchant_id,
        product_id=campaign.product_id,
        name=campaign.name,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        terms=campaign.terms,
        prices=prices,
        eligibility=campaign.eligibility,
        cap=campaign.cap,
        per_user_limit=campaign.per_user_limit,
    )
