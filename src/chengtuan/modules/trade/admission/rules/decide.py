"""Decides which orders are taken: pure, over a snapshot of rows that the caller has locked.

A batch of wishes is decided in order of arrival; each accepted one changes the snapshot for the
next. Nothing here does I/O, so every rule can be tested by a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.money import MAX_FEN
from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.admission.rules.hold import hold_until
from chengtuan.modules.trade.admission.rules.reductions import reductions_for
from chengtuan.modules.trade.admission.rules.snapshot import ActivityState, GroupState, SkuState, Snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Outdated, Repeated, Taken, Wish
from chengtuan.modules.trade.flash.problems import FlashSaleNotFound, HoldNotFound
from chengtuan.modules.trade.freight.problems import WeightMissing
from chengtuan.modules.trade.pricing.rules.freight import Delivery
from chengtuan.modules.trade.pricing.rules.price import BasketLine, Priced, PriceFacts, price
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
    NotInCart,
    OrderTooLarge,
    OwnGroup,
    PriceChanged,
    PurchaseLimit,
    SeveralMerchants,
    SkuNotFound,
    SoldOut,
    TooManyDepartures,
    TooManyUnpaidOrders,
)
from chengtuan.modules.trade.states import ActivityKind, GroupStatus, HoldStatus

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


@dataclass(slots=True)
class Case:
    """A wish with what it is about, as the rules judge it."""

    wish: Wish
    activity: ActivityState | None
    group: GroupState | None
    skus: Sequence[SkuState]
    priced: Priced

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.wish.lines)


Rule: TypeAlias = Callable[[Snapshot, Case], None]
"""Lets a case pass, or raises a Problem. It reads the snapshot and changes nothing."""


def quote(snapshot: Snapshot, wish: Wish) -> Taken:
    """What the wish would cost now. Raises Problem where no order could have it: the seat or the goods are gone.

    What only concerns the buyer's own orders and address is left to the order itself, which answers at once; but for
    that of a flash sale, which is made when its units are held already.
    """
    case = _case(snapshot, wish)
    for rule in RULES_BEFORE_A_HOLD if wish.mode is Mode.FLASH else RULES_OF_GOODS:
        rule(snapshot, case)
    return _taken(snapshot, case)


def _decide_one(snapshot: Snapshot, wish: Wish) -> Taken | Repeated | Outdated:
    if snapshot.knows_more_of(wish.buyer_ids):
        return Outdated()
    if earlier := snapshot.granted_to(wish.buyer_ids, wish.request_id):
        if earlier[1] != wish.request_hash:
            raise IdempotencyConflict
        return Repeated(earlier[0])
    case = _case(snapshot, wish)
    for rule in RULES:
        rule(snapshot, case)
    return _taken(snapshot, case)


def _case(snapshot: Snapshot, wish: Wish) -> Case:
    activity, group = _place(snapshot, wish)
    skus = [_sku(snapshot, wish, line.sku_id) for line in wish.lines]
    for sku in skus:
        if sku.merchant_id != skus[0].merchant_id:
            raise SeveralMerchants(sku_id=str(sku.sku_id))
    basket = [
        BasketLine(sku.sku_id, line.quantity, sku.solo_price_fen, _tier_prices(snapshot, sku, activity))
        for sku, line in zip(skus, wish.lines, strict=True)
    ]
    delivery = Delivery(wish.province_code or None, snapshot.carried)
    facts = PriceFacts(reductions_for(snapshot, wish), delivery=delivery)
    return Case(wish, activity, group, skus, price(basket, facts))


def _taken(snapshot: Snapshot, case: Case) -> Taken:
    wish, activity, group = case.wish, case.activity, case.group
    opens = activity.terms if activity and isinstance(activity.terms, GroupTerms) and wish.mode is Mode.OPEN else None
    return Taken(
        wish=wish,
        merchant_id=case.skus[0].merchant_id,
        activity_id=activity.id if activity else None,
        group_id=group.id if group else (wish.new_group_id if opens else None),
        priced=case.priced,
        opens=opens,
        initiator_back_fen=opens.initiator_back(case.priced.lines[0].unit_fen) if opens else 0,
        pay_before=hold_until(snapshot.now, zip(case.skus, wish.lines, strict=True), activity, group),
    )


def _place(snapshot: Snapshot, wish: Wish) -> tuple[ActivityState | None, GroupState | None]:
    """The activity and group the wish is about, if they can still take anybody."""
    if wish.mode is Mode.SOLO:
        return None, None
    if wish.mode is Mode.FLASH:
        return _sale_of(snapshot, wish), None
    group = None
    activity_id = wish.activity_id
    if wish.mode is Mode.JOIN:
        group = _open_group(snapshot, wish)
        activity_id = group.activity_id
    activity = snapshot.activities.get(activity_id) if activity_id else None
    if activity is None or activity.terms.kind is not ActivityKind.GROUP:
        raise CampaignNotFound
    if wish.mode is Mode.OPEN and not activity.running(snapshot.now):
        raise CampaignEnded
    if activity.stopped_at is not None:
        raise CampaignEnded
    return activity, group


def _sale_of(snapshot: Snapshot, wish: Wish) -> ActivityState:
    """It may be over: what somebody holds of it is theirs."""
    sale = snapshot.activities.get(wish.activity_id) if wish.activity_id else None
    if sale is None or sale.terms.kind is not ActivityKind.FLASH:
        raise FlashSaleNotFound
    return sale


def _open_group(snapshot: Snapshot, wish: Wish) -> GroupState:
    group = snapshot.groups.get(wish.group_id) if wish.group_id else None
    if group is None or (group.status == GroupStatus.DRAFT and group.initiator_id not in wish.buyer_ids):
        raise GroupNotFound
    if group.initiator_id in wish.buyer_ids:
        raise OwnGroup
    if group.status != GroupStatus.OPEN or group.deadline is None or snapshot.now >= group.deadline:
        raise GroupFull if group.status == GroupStatus.SUCCEEDED else GroupEnded
    return group


def _sku(snapshot: Snapshot, wish: Wish, sku_id: UUID) -> SkuState:
    sku = snapshot.skus.get(sku_id)
    # an open group goes on to its end by its own terms, also when the product or the variant has left the shelf,
    # and what somebody holds is theirs
    if sku is None or not (sku.on_sale or wish.mode in (Mode.JOIN, Mode.FLASH)):
        raise SkuNotFound(sku_id=str(sku_id))
    return sku


def _tier_prices(snapshot: Snapshot, sku: SkuState, activity: ActivityState | None) -> tuple[int, ...]:
    """The activity's prices of a variant; none without one. Raises SkuNotFound if it is not in it."""
    if activity is None:
        return ()
    prices = tuple(snapshot.tier_prices.get((activity.id, sku.sku_id), ()))
    if activity.product_id != sku.product_id or not prices:
        raise SkuNotFound(sku_id=str(sku.sku_id))
    return prices


def still_in_the_cart(snapshot: Snapshot, case: Case) -> None:
    """What is bought from the cart is bought once, from however many tabs."""
    if not case.wish.from_cart:
        return
    for line in case.wish.lines:
        if line.quantity > snapshot.in_cart(case.wish.buyer_ids, line.sku_id):
            raise NotInCart(sku_id=str(line.sku_id))


def it_is_held(snapshot: Snapshot, case: Case) -> None:
    """Nobody has an order of a flash sale but of what they hold in it."""
    if case.wish.mode is not Mode.FLASH:
        return
    hold = snapshot.holds.get(case.wish.hold_id) if case.wish.hold_id else None
    if hold is None or hold.status != HoldStatus.HELD:
        raise HoldNotFound
    if [(line.sku_id, line.quantity) for line in case.wish.lines] != [(hold.sku_id, hold.quantity)]:
        raise HoldNotFound


def a_seat_is_free(snapshot: Snapshot, case: Case) -> None:
    if case.group is None:
        return
    if snapshot.is_seated(case.wish.buyer_ids, case.group.id):
        raise AlreadyInGroup
    if case.group.locked >= case.group.seats:
        raise GroupFull


def the_activity_delivers_there(snapshot: Snapshot, case: Case) -> None:
    if not snapshot.eligibility(case.wish).delivers_to(case.wish.province_code):
        raise NotDeliverable(sku_id=str(case.wish.lines[0].sku_id))


def everything_is_sent_there(_: Snapshot, case: Case) -> None:
    if case.priced.undelivered:
        raise NotDeliverable(sku_id=str(case.priced.undelivered[0]))


def everything_is_weighed(_: Snapshot, case: Case) -> None:
    """A variant that came later is not sent for nothing, nor for a guess: it waits for the merchant."""
    if not case.priced.unweighed:
        return
    unweighed = next(sku for sku in case.skus if sku.sku_id == case.priced.unweighed[0])
    raise WeightMissing(sku_id=str(unweighed.sku_id), product_id=str(unweighed.product_id))


def within_the_activitys_limit(snapshot: Snapshot, case: Case) -> None:
    if case.activity is None or (limit := case.activity.per_user_limit) is None:
        return
    bought = snapshot.bought_by(case.wish.buyer_ids, case.activity.id)
    if bought + case.quantity > limit:
        raise PurchaseLimit(limit=limit, taken=bought)


def with_restraint(snapshot: Snapshot, case: Case) -> None:
    buyer = snapshot.buyer(case.wish.buyer_ids)
    if buyer.unpaid >= MAX_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(limit=MAX_UNPAID_ORDERS)
    if buyer.given_up >= MAX_GIVEN_UP:
        raise TooManyDepartures(limit=MAX_GIVEN_UP)
    if case.wish.mode in (Mode.OPEN, Mode.JOIN) and buyer.left >= MAX_LEFT:
        raise TooManyDepartures(limit=MAX_LEFT)


def a_newcomer_where_it_takes_one(snapshot: Snapshot, case: Case) -> None:
    """Old customers may open such a group: they bring the newcomers, who join it."""
    if case.wish.mode is not Mode.JOIN or not snapshot.eligibility(case.wish).newcomers_only:
        return
    if case.skus[0].merchant_id in snapshot.buyer(case.wish.buyer_ids).merchants:
        raise NewcomersOnly


def no_larger_than_money(_: Snapshot, case: Case) -> None:
    if case.priced.payable_fen > MAX_FEN:
        raise OrderTooLarge(limit_fen=MAX_FEN)


def in_stock(_: Snapshot, case: Case) -> None:
    if case.wish.mode is Mode.FLASH:
        return  # it was set aside, and the hold has it
    left = case.activity.left if case.activity else None
    for sku, line in zip(case.skus, case.wish.lines, strict=True):
        available = sku.available if left is None else min(sku.available, left)
        if line.quantity > available:
            raise SoldOut(available=available, sku_id=str(sku.sku_id))


def at_the_expected_price(_: Snapshot, case: Case) -> None:
    if case.wish.expected_payable_fen not in (None, case.priced.payable_fen):
        raise PriceChanged(payable_fen=case.priced.payable_fen)


RULES_OF_GOODS: tuple[Rule, ...] = (a_seat_is_free, everything_is_weighed, no_larger_than_money, in_stock)
"""Those that hold for everybody: what a preview is judged by."""
RULES: tuple[Rule, ...] = (
    it_is_held,
    still_in_the_cart,
    a_seat_is_free,
    the_activity_delivers_there,
    everything_is_sent_there,
    everything_is_weighed,
    within_the_activitys_limit,
    with_restraint,
    no_larger_than_money,
    a_newcomer_where_it_takes_one,
    in_stock,
    at_the_expected_price,
)
"""The first that does not let an order pass says why. A rule has its table in the tests of admission."""
RULES_BEFORE_A_HOLD: tuple[Rule, ...] = tuple(
    rule for rule in RULES if rule not in (it_is_held, the_activity_delivers_there, everything_is_sent_there)
)
"""By which an order would be refused that nobody holds the units of yet. Whether it is delivered the quote says itself:
there may be no address."""
