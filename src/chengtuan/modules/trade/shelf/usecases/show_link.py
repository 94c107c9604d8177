"""What a shared link tells those to whom it is sent, before they open it."""

from uuid import UUID

from chengtuan.modules.trade.activities.rules.progress import Filling
from chengtuan.modules.trade.activities.rules.tiers import CampaignKind
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import LinkCard, LinkFlash, LinkProgress
from chengtuan.modules.trade.flash.problems import FlashSaleNotFound
from chengtuan.modules.trade.flash.rules.states import SaleState
from chengtuan.modules.trade.flash.usecases.read_sales import read_sale
from chengtuan.modules.trade.groups.rows.views import GroupRow
from chengtuan.modules.trade.groups.usecases.read_group import read_group
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.shelf.usecases.read_offer import read_offer
from chengtuan.modules.trade.states import GroupStatus


async def show_product_link(ctx: TradeContext, product_id: UUID) -> LinkCard | None:
    """None where nothing can be bought alone: an open group of such a product has a link of its own."""
    offer = await read_offer(ctx, product_id)
    if not offer.on_sale or offer.shown is None:
        return None
    activity, prices = offer.activity, offer.shown.tier_prices_fen
    nearest = offer.groups[0] if offer.groups else None
    return LinkCard(
        product_id=offer.product_id,
        name=offer.product_name,
        image_url=offer.image_url,
        solo_price_fen=offer.shown.solo_price_fen,
        group_price_fen=prices[0] if activity and prices else None,
        people=list(activity.terms.people) if activity and prices else [],
        ladder=activity is not None and activity.terms.pricing is CampaignKind.LADDER,
        sold_out=not offer.shown.in_stock,
        progress=_told(nearest) if nearest else None,
    )


async def show_group_link(ctx: TradeContext, group_id: UUID) -> LinkCard | None:
    """None while only its initiator may see it, and when neither it nor its product can be bought any more."""
    try:
        group, _ = await read_group(ctx, group_id)
    except GroupNotFound:
        return None
    is_open = group.status == GroupStatus.OPEN
    if not is_open and not group.on_sale:
        return None
    return LinkCard(
        product_id=group.product_id,
        name=group.product_name,
        image_url=group.product_image_url,
        solo_price_fen=group.solo_price_fen,
        group_price_fen=_head_price(group),
        people=list(group.terms.people),
        ladder=group.terms.pricing is CampaignKind.LADDER,
        sold_out=not group.in_stock,
        progress=_told(group) if is_open else None,
    )


async def show_flash_sale_link(ctx: TradeContext, sale_id: UUID) -> LinkCard | None:
    """None once it is over: its product has a link of its own."""
    try:
        sale = (await read_sale(ctx, sale_id)).sale
    except FlashSaleNotFound:
        return None
    state = sale.state(ctx.clock.now())
    if state in (SaleState.ENDED, SaleState.STOPPED):
        return None
    return LinkCard(
        product_id=sale.product_id,
        name=sale.product_name,
        image_url=sale.product_image_url,
        solo_price_fen=sale.price_fen,
        group_price_fen=None,
        people=[],
        ladder=False,
        sold_out=state is SaleState.SOLD_OUT,
        progress=None,
        flash=LinkFlash(
            price_fen=sale.flash_price_fen, starts_at=sale.starts_at, has_begun=state is not SaleState.UPCOMING
        ),
    )


def _head_price(group: GroupRow) -> int:
    """What joining costs, and once it has formed what everybody paid in the end."""
    return group.tier_prices_fen[group.final_tier or 0]


def _told(group: Filling) -> LinkProgress:
    return LinkProgress(goal=group.goal, missing=group.missing, held=group.held, full=group.full)
