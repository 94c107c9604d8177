"""Activities, from rows to what clients see: to them they are campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chengtuan.modules.trade.activities.http import schemas
from chengtuan.modules.trade.activities.rows.activities import Activity, ActivityView
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import Filling


def tiers(people: Sequence[int], prices: Sequence[int]) -> list[schemas.TierPrice]:
    return [schemas.TierPrice(people=n, price_fen=fen) for n, fen in zip(people, prices, strict=True)]


def seats_taken(filling: Filling) -> dict[str, Any]:
    """The part of every view of a group that is alike: `schemas.SeatsTaken`."""
    return {"goal": filling.goal, "missing": filling.missing, "held": filling.held, "full": filling.full}


def terms(own: GroupTerms, eligibility: Eligibility) -> dict[str, Any]:
    """What terms are called in every view; a schema takes those that it shows."""
    return {
        "kind": own.pricing,
        "group_duration_s": own.duration_s,
        "hard_end": own.hard_end,
        "overflow": own.overflow,
        "initiator_off_percent": own.initiator_off_percent,
        "newcomers_only": eligibility.newcomers_only,
        "regions": eligibility.regions,
    }


def _campaign(row: Activity, prices: Sequence[int]) -> dict[str, Any]:
    """`schemas.CampaignTerms`."""
    return terms(row.terms, row.eligibility) | {
        "id": row.id,
        "tiers": tiers(row.terms.people, prices),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "per_user_limit": row.per_user_limit,
    }


def campaign(row: Activity, prices: Sequence[int]) -> schemas.Campaign:
    left = None if row.cap is None else row.cap - row.taken
    return schemas.Campaign(group_size=row.terms.top, stock_left=left, **_campaign(row, prices))


def campaign_row(row: ActivityView, now: datetime) -> schemas.CampaignRow:
    return schemas.CampaignRow(
        product_id=row.product_id,
        product_name=row.product_name,
        product_image_url=row.product_image_url,
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        name=row.name,
        status=row.status(now),
        sku_name=row.sku_name,
        stop_reason=row.stop_reason,
        stock_cap=row.cap,
        stock_taken=row.taken,
        groups_open=row.groups_open,
        groups_succeeded=row.groups_succeeded,
        groups_failed=row.groups_failed,
        **_campaign(row, row.tier_prices_fen),
    )
