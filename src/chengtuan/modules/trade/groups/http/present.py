"""Groups, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime

from chengtuan.modules.trade.activities.http.present import seats_taken
from chengtuan.modules.trade.activities.rules.progress import progress_of
from chengtuan.modules.trade.groups.http import schemas
from chengtuan.modules.trade.groups.rows.views import GroupRow, MemberRow


def group(row: GroupRow, members: Sequence[MemberRow], now: datetime) -> schemas.Group:
    ended = row.status in ("succeeded", "failed")
    progress = progress_of(row.tier_people, seats=row.seats, paid=row.paid, locked=row.locked)
    return schemas.Group(
        id=row.id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_image_url=row.product_image_url,
        merchant_name=row.merchant_name,
        campaign_id=row.campaign_id,
        kind=row.kind,
        status=row.status,
        fail_reason=row.fail_reason,
        size=row.tier_people[-1],
        seats=row.seats,
        paid=row.paid,
        locked=row.locked,
        overflow=row.overflow,
        newcomers_only=row.newcomers_only,
        initiator_off_percent=row.initiator_off_percent,
        tiers=[
            schemas.GroupTier(people=people, price_fen=price, reached=row.paid >= people)
            for people, price in zip(row.tier_people, row.tier_prices_fen, strict=True)
        ],
        current_tier=progress.current_tier,
        next_tier=progress.next_tier,
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
        **seats_taken(progress),
    )
