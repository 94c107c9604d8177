"""Groups, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime

from chengtuan.modules.trade.activities.http.present import seats_taken, terms
from chengtuan.modules.trade.activities.rules.tiers import next_tier
from chengtuan.modules.trade.groups.http import schemas
from chengtuan.modules.trade.groups.rows.commitments import Commitment
from chengtuan.modules.trade.groups.rows.views import GroupRow, MemberRow


def group(row: GroupRow, members: Sequence[MemberRow], now: datetime) -> schemas.Group:
    ended = row.status in ("succeeded", "failed")
    people = row.terms.people
    return schemas.Group(
        id=row.id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_image_url=row.product_image_url,
        merchant_name=row.merchant_name,
        campaign_id=row.activity_id,
        status=row.status,
        fail_reason=row.fail_reason,
        size=row.terms.top,
        seats=row.seats,
        paid=row.paid,
        locked=row.locked,
        tiers=[
            schemas.GroupTier(people=needed, price_fen=price, reached=row.paid >= needed)
            for needed, price in zip(people, row.tier_prices_fen, strict=True)
        ],
        current_tier=row.terms.tier_reached(row.paid),
        next_tier=next_tier(people, row.paid),
        final_tier=row.final_tier,
        sku_name=row.sku_name,
        solo_price_fen=row.solo_price_fen,
        on_sale=row.on_sale,
        members=[
            schemas.GroupMember(
                nickname=member.nickname,
                avatar=member.avatar,
                is_initiator=member.user_id == row.initiator_id,
                joined_at=member.joined_at,
                refunded=member.refunded,
            )
            for member in members
        ],
        opened_at=row.opened_at,
        deadline=row.deadline,
        formed_at=row.formed_at,
        closed_at=row.ended_at if ended and row.refunds_pending == 0 else None,
        version=row.version,
        now=now,
        **seats_taken(row),
        **terms(row.terms, row.eligibility),
    )


def commitments(rows: Sequence[Commitment]) -> schemas.Commitments:
    return schemas.Commitments(
        items=[
            schemas.Commitment(
                activity_id=row.activity_id,
                kind=row.kind,
                name=row.name,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                sku_ids=row.sku_ids,
                groups=row.groups,
                people=row.people,
                until=row.until,
            )
            for row in rows
        ]
    )
