"""The shelf, campaigns and groups, from rows to what clients see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chengtuan.modules.trade.domain.progress import Progress, progress_of
from chengtuan.modules.trade.http import schemas
from chengtuan.modules.trade.repository.campaigns import CampaignView
from chengtuan.modules.trade.repository.group_views import GroupRow, MemberRow
from chengtuan.modules.trade.repository.listings import ListingCard
from chengtuan.modules.trade.repository.offers import GroupCard, OfferCampaign
from chengtuan.modules.trade.usecases.read_offer import OfferView


def tiers(people: Sequence[int], prices: Sequence[int]) -> list[schemas.TierPrice]:
    return [schemas.TierPrice(people=n, price_fen=fen) for n, fen in zip(people, prices, strict=True)]


def struck(list_price_fen: int | None, solo_price_fen: int) -> int | None:
    """A list price is shown only where it is a comparison: above what one piece costs."""
    return list_price_fen if list_price_fen is not None and list_price_fen > solo_price_fen else None


def seats_taken(progress: Progress) -> dict[str, Any]:
    """The part of `Progress` that every view of a group shows alike: `schemas.SeatsTaken`."""
    return {"goal": progress.goal, "missing": progress.missing, "held": progress.held, "full": progress.full}


def listing_card(card: ListingCard) -> schemas.ListingCard:
    campaign = group = None
    if card.campaign_id and card.campaign_kind and card.campaign_ends_at:
        campaign = schemas.CardCampaign(
            id=card.campaign_id,
            kind=card.campaign_kind,
            tiers=tiers(card.tier_people or [], card.tier_prices_fen or []),
            ends_at=card.campaign_ends_at,
            newcomers_only=bool(card.newcomers_only),
            initiator_off_percent=card.initiator_off_percent,
        )
    if card.group_id and card.group_deadline and card.group_tier_people:
        progress = progress_of(
            card.group_tier_people,
            seats=card.group_seats or 0,
            paid=card.group_paid or 0,
            locked=card.group_locked or 0,
        )
        group = schemas.NearestGroup(id=card.group_id, deadline=card.group_deadline, **seats_taken(progress))
    return schemas.ListingCard(
        product_id=card.product_id,
        name=card.name,
        image_url=card.image_url,
        category_slug=card.category_slug,
        merchant_name=card.merchant_name,
        sku_id=card.sku_id,
        sku_name=card.sku_name,
        list_price_fen=struck(card.list_price_fen, card.solo_price_fen),
        solo_price_fen=card.solo_price_fen,
        sold=card.sold,
        sold_out=card.sold_out,
        campaign=campaign,
        nearest_group=group,
    )


def offer(view: OfferView, now: datetime) -> schemas.Offer:
    shown = view.shown
    return schemas.Offer(
        product_id=view.product_id,
        product_name=view.product_name,
        image_url=view.image_url,
        on_sale=view.on_sale,
        now=now,
        shown=schemas.ShownVariant(
            sku_id=shown.sku_id,
            sku_name=shown.sku_name,
            solo_price_fen=shown.solo_price_fen,
            list_price_fen=struck(shown.list_price_fen, shown.solo_price_fen),
            in_stock=shown.in_stock,
        )
        if shown
        else None,
        skus=[schemas.OfferSku.model_validate(sku, from_attributes=True) for sku in view.skus],
        campaign=campaign(view.campaign, shown.tier_prices_fen) if view.campaign and shown else None,
        groups=[group_card(card) for card in view.groups],
        groups_total=view.groups_total,
    )


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


def group_card(row: GroupCard) -> schemas.GroupCard:
    progress = progress_of(row.tier_people, seats=row.seats, paid=row.paid, locked=row.locked)
    return schemas.GroupCard(
        id=row.id,
        initiator=schemas.Face(nickname=row.initiator_nickname, avatar=row.initiator_avatar),
        size=row.tier_people[-1],
        paid=row.paid,
        price_fen=row.tier_prices_fen[0],
        deadline=row.deadline,
        **seats_taken(progress),
    )


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
