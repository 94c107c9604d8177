"""Decides which orders are taken: pure, over a snapshot of rows that the caller has locked.

A batch of wishes is decided in order of arrival; each accepted one changes the snapshot for the
next. Nothing here does I/O, so every rule can be tested by a table.
"""

from collections.abc import Sequence
from typing import TypeAlias

from chengtuan.kernel.money import MAX_FEN
from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.activities.rules.perk import initiator_back
from chengtuan.modules.trade.admission.rules.hold import hold_until
from chengtuan.modules.trade.admission.rules.snapshot import CampaignState, GroupState, SkuState, Snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Outdated, Repeated, Taken, Wish
from chengtuan.modules.trade.problems import (
    AlreadyInGroup,
    CampaignEnded,
    CampaignNotFound,
    GroupEnded,
    GroupFull,
    GroupNotFound,
    IdempotencyConflict,
    NewcomersOnly,
    NotDeliverable,
    OrderTooLarge,
    OwnGroup,
    PriceChanged,
    PurchaseLimit,
    SkuNotFound,
    SoldOut,
    TooManyDepartures,
    TooManyUnpaidOrders,
)
from chengtuan.modules.trade.states import GroupStatus

MAX_UNPAID_ORDERS = 5
"""Against hoarding: open orders that one person may have at a time (rule 8)."""
MAX_GIVEN_UP = 10
"""Against hoarding: unpaid orders that one person may let go within an hour."""
MAX_LEFT = 3
"""Repeated leavers have to wait: paid seats that one person may give up within a day (rule 5)."""


Verdict: TypeAlias = Taken | Repeated | Outdated | Problem


def decide(snapshot: Snapshot, wishes: Sequence[Wish]) -> list[Verdict]:
    """One verdict per wish, in order; the snapshot is changed by those that are taken."""
    verdicts: list[Verdict] = []
    for wish in wishes:
        try:
            verdict = _decide_one(snapshot, wish)
        except Problem as problem:
            verdicts.append(problem)
            continue
        if isinstance(verdict, Taken):
            snapshot.apply(verdict)
        verdicts.append(verdict)
    return verdicts


def quote(snapshot: Snapshot, wish: Wish) -> Taken:
    """What the wish would cost now. Raises Problem where no order could have it: the seat or the goods are gone.

    What only concerns the buyer's own orders and address is left to the order itself.
    """
    campaign, group = _place(snapshot, wish)
    if group is not None:
        _check_seat(snapshot, wish, group)
    taken = _priced(snapshot, wish, campaign, group)
    _check_stock(snapshot, wish, campaign)
    return taken


def _decide_one(snapshot: Snapshot, wish: Wish) -> Taken | Repeated | Outdated:
    if snapshot.knows_more_of(wish.buyer_ids):
        return Outdated()
    if earlier := snapshot.granted_to(wish.buyer_ids, wish.request_id):
        if earlier[1] != wish.request_hash:
            raise IdempotencyConflict
        return Repeated(earlier[0])
    campaign, group = _place(snapshot, wish)
    if group is not None:
        _check_seat(snapshot, wish, group)
    if campaign is not None:
        _check_campaign_limits(snapshot, wish, campaign)
    _check_restraint(snapshot, wish)
    taken = _priced(snapshot, wish, campaign, group)
    if campaign is not None and campaign.newcomers_only:
        _check_newcomer(snapshot, wish)
    _check_stock(snapshot, wish, campaign)
    if wish.expected_payable_fen not in (None, taken.payable_fen):
        raise PriceChanged(payable_fen=taken.payable_fen)
    return taken


def _place(snapshot: Snapshot, wish: Wish) -> tuple[CampaignState | None, GroupState | None]:
    """The campaign and group the wish is about, if they can still take anybody."""
    if wish.mode is Mode.SOLO:
        return None, None
    group = None
    campaign_id = wish.campaign_id
    if wish.mode is Mode.JOIN:
        group = _open_group(snapshot, wish)
        campaign_id = group.campaign_id
    campaign = snapshot.campaigns.get(campaign_id) if campaign_id else None
    if campaign is None:
        raise CampaignNotFound
    if wish.mode is Mode.OPEN and not campaign.running(snapshot.now):
        raise CampaignEnded
    if campaign.stopped_at is not None:
        raise CampaignEnded
    return campaign, group


def _open_group(snapshot: Snapshot, wish: Wish) -> GroupState:
    group = snapshot.groups.get(wish.group_id) if wish.group_id else None
    if group is None or (group.status == GroupStatus.DRAFT and group.initiator_id not in wish.buyer_ids):
        raise GroupNotFound
    if group.initiator_id in wish.buyer_ids:
        raise OwnGroup
    if group.status != GroupStatus.OPEN or group.deadline is None or snapshot.now >= group.deadline:
        raise GroupFull if group.status == GroupStatus.SUCCEEDED else GroupEnded
    return group


def _check_seat(snapshot: Snapshot, wish: Wish, group: GroupState) -> None:
    if snapshot.is_seated(wish.buyer_ids, group.id):
        raise AlreadyInGroup
    if group.locked >= group.size:
        raise GroupFull


def _check_campaign_limits(snapshot: Snapshot, wish: Wish, campaign: CampaignState) -> None:
    if campaign.regions is not None and wish.province_code not in campaign.regions:
        raise NotDeliverable
    limit = campaign.per_user_limit
    bought = snapshot.bought_by(wish.buyer_ids, campaign.id)
    if limit is not None and bought + wish.quantity > limit:
        raise PurchaseLimit(limit=limit, taken=bought)


def _check_restraint(snapshot: Snapshot, wish: Wish) -> None:
    buyer = snapshot.buyer(wish.buyer_ids)
    if buyer.unpaid >= MAX_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(limit=MAX_UNPAID_ORDERS)
    if buyer.given_up >= MAX_GIVEN_UP:
        raise TooManyDepartures(limit=MAX_GIVEN_UP)
    if wish.mode is not Mode.SOLO and buyer.left >= MAX_LEFT:
        raise TooManyDepartures(limit=MAX_LEFT)


def _check_newcomer(snapshot: Snapshot, wish: Wish) -> None:
    """Old customers may open such a group: they bring the newcomers, who join it."""
    if wish.mode is Mode.JOIN and snapshot.skus[wish.sku_id].merchant_id in snapshot.buyer(wish.buyer_ids).merchants:
        raise NewcomersOnly


def _check_stock(snapshot: Snapshot, wish: Wish, campaign: CampaignState | None) -> None:
    available = snapshot.skus[wish.sku_id].available
    if campaign is not None and campaign.stock_cap is not None:
        available = min(available, campaign.stock_cap - campaign.stock_taken)
    if wish.quantity > available:
        raise SoldOut(available=available)


def _priced(snapshot: Snapshot, wish: Wish, campaign: CampaignState | None, group: GroupState | None) -> Taken:
    sku = snapshot.skus.get(wish.sku_id)
    # an open group goes on to its end by its own terms, also when the product or the variant has left the shelf
    if sku is None or not (sku.on_sale or wish.mode is Mode.JOIN):
        raise SkuNotFound
    prices = _tier_prices(snapshot, sku, campaign)
    unit = prices[0] if prices else sku.solo_price_fen
    if unit * wish.quantity > MAX_FEN:
        raise OrderTooLarge(limit_fen=MAX_FEN)
    back = initiator_back(unit, campaign.initiator_off_percent) if campaign and wish.mode is Mode.OPEN else 0
    return Taken(
        wish=wish,
        campaign_id=campaign.id if campaign else None,
        group_id=group.id if group else (wish.new_group_id if campaign else None),
        unit_price_fen=unit,
        tier_prices_fen=prices,
        goods_fen=unit * wish.quantity,
        freight_fen=0,
        initiator_back_fen=back,
        pay_before=hold_until(snapshot.now, sku, campaign, group, wish.quantity),
    )


def _tier_prices(snapshot: Snapshot, sku: SkuState, campaign: CampaignState | None) -> tuple[int, ...]:
    """The campaign's prices of a variant; none without a campaign. Raises SkuNotFound if it is not in it."""
    if campaign is None:
        return ()
    prices = tuple(snapshot.tier_prices.get((campaign.id, sku.sku_id), ()))
    if campaign.product_id != sku.product_id or not prices:
        raise SkuNotFound
    return prices
