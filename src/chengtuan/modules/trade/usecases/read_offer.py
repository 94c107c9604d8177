"""What is moving about a product: prices, stock, its campaign and the groups one could join."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, instant, page_of
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.repository import offers
from chengtuan.modules.trade.repository.offers import GroupCard, OfferCampaign, OfferSku

_SHOWN_GROUPS = 3


@dataclass(frozen=True, slots=True)
class OfferView:
    """`skus` is empty for a product that is not on the shelf."""

    campaign: OfferCampaign | None
    skus: list[OfferSku]
    groups: list[GroupCard]
    groups_total: int


async def read_offer(ctx: Trade, product_id: UUID) -> OfferView:
    now = ctx.clock.now()
    async with ctx.database.read() as db:
        campaign = await offers.find_running_campaign(db, product_id, now)
        skus = await offers.offer_skus(db, product_id, campaign.id if campaign else None)
        groups = await offers.joinable_groups(db, product_id, now, after=None, limit=_SHOWN_GROUPS)
        total = len(groups)
        if total == _SHOWN_GROUPS:
            total = await offers.count_joinable_groups(db, product_id, now)
    return OfferView(campaign, skus, groups, total)


async def list_joinable_groups(ctx: Trade, product_id: UUID, *, cursor: str | None, limit: int) -> Page[GroupCard]:
    """Soonest deadline first. Raises BadCursor."""
    after = decode_cursor(cursor, [instant, UUID])
    async with ctx.database.read() as db:
        groups = await offers.joinable_groups(db, product_id, ctx.clock.now(), after=after, limit=limit + 1)
    return page_of(groups, limit, lambda group: encode_cursor(group.deadline.isoformat(), str(group.id)))
