"""The shelf and offers, from rows to what clients see."""

from datetime import datetime

from chengtuan.modules.trade.activities.http.present import campaign, seats_taken, terms, tiers
from chengtuan.modules.trade.freight.http.shown import shown as shown_freight
from chengtuan.modules.trade.shelf.http import schemas
from chengtuan.modules.trade.shelf.rows.browse import ListingCard
from chengtuan.modules.trade.shelf.rows.offers import GroupCard
from chengtuan.modules.trade.shelf.usecases.read_offer import OfferView


def struck(list_price_fen: int | None, solo_price_fen: int) -> int | None:
    """A list price is shown only where it is a comparison: above what one piece costs."""
    return list_price_fen if list_price_fen is not None and list_price_fen > solo_price_fen else None


def listing_card(card: ListingCard) -> schemas.ListingCard:
    campaign = group = None
    if card.activity_id and card.activity_ends_at and card.terms and card.eligibility:
        campaign = schemas.CardCampaign(
            id=card.activity_id,
            tiers=tiers(card.terms.people, card.tier_prices_fen or []),
            ends_at=card.activity_ends_at,
            **terms(card.terms, card.eligibility),
        )
    if card.group_id and card.group_deadline and card.group:
        group = schemas.NearestGroup(id=card.group_id, deadline=card.group_deadline, **seats_taken(card.group))
    return schemas.ListingCard(
        product_id=card.product_id,
        name=card.name,
        image_url=card.image_url,
        category_slug=card.category_slug,
        merchant_id=card.merchant_id,
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
        campaign=campaign(view.activity, shown.tier_prices_fen) if view.activity and shown else None,
        freight=shown_freight(view.freight),
        groups=[group_card(card) for card in view.groups],
        groups_total=view.groups_total,
    )


def group_card(row: GroupCard) -> schemas.GroupCard:
    return schemas.GroupCard(
        id=row.id,
        initiator=schemas.Face(nickname=row.initiator_nickname, avatar=row.initiator_avatar),
        size=row.terms.top,
        paid=row.paid,
        price_fen=row.tier_prices_fen[0],
        deadline=row.deadline,
        **seats_taken(row),
    )
