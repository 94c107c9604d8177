"""What is moving about a product: prices, stock, its activity and the groups one could join."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, instant, page_of
from chengtuan.modules.trade.activities.rows.activities import Activity, find_activity
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.rows.shown import freight_for
from chengtuan.modules.trade.freight.rules import FREE, ShownFreight
from chengtuan.modules.trade.groups.rows.views import find_group
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.shelf.rows import offers
from chengtuan.modules.trade.shelf.rows.offers import GroupCard, OfferHead, OfferSku
from chengtuan.modules.trade.states import GroupStatus

_SHOWN_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """The variant whose prices stand for the product; `tier_prices_fen` is empty where no group has it."""

    sku_id: UUID
    sku_name: dict[str, str] | None
    solo_price_fen: int
    list_price_fen: int | None
    in_stock: bool
    tier_prices_fen: list[int]


@dataclass(frozen=True, slots=True)
class OfferView:
    """`skus` is empty for a product that is not on the shelf; `activity` is None where no group can be opened."""

    product_id: UUID
    product_name: dict[str, str]
    image_url: str
    on_sale: bool
    shown: Shown | None
    activity: Activity | None
    skus: list[OfferSku]
    freight: ShownFreight = FREE
    groups: list[GroupCard] = field(default_factory=list)
    groups_total: int = 0


async def read_offer(ctx: TradeContext, product_id: UUID) -> OfferView:
    """An empty offer for a product that nobody has heard of."""
    now = ctx.clock.now()
    async with ctx.database.read() as db:
        head = await offers.find_offer(db, product_id, now)
        if head is None:
            return OfferView(product_id, {}, "", on_sale=False, shown=None, activity=None, skus=[])
        activity_id = head.activity_id if head.on_sale else None
        activity = await find_activity(db, activity_id) if activity_id else None
        skus = await offers.shelf_skus(db, product_id, activity_id)
        alone = [(sku.sku_id, sku.solo_price_fen) for sku in skus]
        freight = await freight_for(db, product_id, alone + _group_prices(skus))
        groups = await offers.joinable_groups(db, product_id, now, after=None, limit=_SHOWN_GROUPS)
        total = len(groups)
        if total == _SHOWN_GROUPS:
            total = await offers.count_joinable_groups(db, product_id, now)
    return replace(_view(head, activity, skus, freight), groups=groups, groups_total=total)


def _group_prices(skus: list[OfferSku]) -> list[tuple[UUID, int]]:
    """What is paid at joining: the first tier's."""
    return [(sku.sku_id, sku.tier_prices_fen[0]) for sku in skus if sku.tier_prices_fen]


async def read_group_offer(ctx: TradeContext, group_id: UUID) -> OfferView:
    """What who joins a group can choose from, by the group's own terms. Raises GroupNotFound, also for a draft."""
    async with ctx.database.read() as db:
        found = await find_group(db, group_id)
        head = await offers.find_group_offer(db, group_id)
        if found is None or head is None or head.activity_id is None or found[0].status == GroupStatus.DRAFT:
            raise GroupNotFound
        activity = await find_activity(db, head.activity_id)
        skus = await offers.activity_skus(db, head.activity_id)
        freight = await freight_for(db, head.product_id, _group_prices(skus))
    if activity is not None:
        activity = replace(activity, terms=found[0].terms, eligibility=found[0].eligibility)
    return _view(head, activity, skus, freight)


def _view(head: OfferHead, activity: Activity | None, skus: list[OfferSku], freight: ShownFreight) -> OfferView:
    shown = None
    if head.sku_id is not None and head.solo_price_fen is not None:
        shown = Shown(
            sku_id=head.sku_id,
            sku_name=head.sku_name,
            solo_price_fen=head.solo_price_fen,
            list_price_fen=head.list_price_fen,
            in_stock=bool(head.in_stock),
            tier_prices_fen=head.tier_prices_fen or [],
        )
    return OfferView(head.product_id, head.product_name, head.image_url, head.on_sale, shown, activity, skus, freight)


async def list_joinable_groups(
    ctx: TradeContext, product_id: UUID, *, cursor: str | None, limit: int
) -> Page[GroupCard]:
    """Soonest deadline first. Raises BadCursor."""
    after = decode_cursor(cursor, [instant, UUID])
    async with ctx.database.read() as db:
        groups = await offers.joinable_groups(db, product_id, ctx.clock.now(), after=after, limit=limit + 1)
    return page_of(groups, limit, lambda group: encode_cursor(group.deadline.isoformat(), str(group.id)))
