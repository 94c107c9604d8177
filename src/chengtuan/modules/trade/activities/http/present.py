"""Campaigns, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chengtuan.modules.trade.activities.http import schemas
from chengtuan.modules.trade.activities.rows.campaigns import CampaignView, OfferCampaign
from chengtuan.modules.trade.activities.rules.progress import Progress


def tiers(people: Sequence[int], prices: Sequence[int]) -> list[schemas.TierPrice]:
    return [schemas.TierPrice(people=n, price_fen=fen) for n, fen in zip(people, prices, strict=True)]


def seats_taken(progress: Progress) -> dict[str, Any]:
    """The part of `Progress` that every view of a group shows alike: `schemas.SeatsTaken`."""
    return {"goal": progress.goal, "missing": progress.missing, "held": progress.held, "full": progress.full}


def campaign(row: OfferCampaign, prices: Sequence[int]) -> schemas.Campaign:
    return schemas.Campaign(
        id=row.id,
        kind=row.kind,
        tiers=tiers(row.tier_people, prices),
        group_size=row.tier_people[-1],
        group_duration_s=row.group_duration_s,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        per_user_limit=row.per_user_limit,
        stock_left=row.stock_left,
        regions=row.regions,
        newcomers_only=row.newcomers_only,
        overflow=row.overflow,
        initiator_off_percent=row.initiator_off_percent,
        hard_end=row.hard_end,
    )


def campaign_row(row: CampaignView, now: datetime) -> schemas.CampaignRow:
    return schemas.CampaignRow(
        id=row.id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_image_url=row.product_image_url,
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        name=row.name,
        kind=row.kind,
        status=row.status(now),
        tiers=tiers(row.tier_people, row.tier_prices_fen),
        sku_name=row.sku_name,
        stop_reason=row.stop_reason,
        group_duration_s=row.group_duration_s,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        stock_cap=row.stock_cap,
        stock_taken=row.stock_taken,
        per_user_limit=row.per_user_limit,
        regions=row.regions,
        newcomers_only=row.newcomers_only,
        overflow=row.overflow,
        initiator_off_percent=row.initiator_off_percent,
        hard_end=row.hard_end,
        groups_open=row.groups_open,
        groups_succeeded=row.groups_succeeded,
        groups_failed=row.groups_failed,
    )
