"""Who is let in, by tables over snapshots: pure, no database (rules 2, 7, 8)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.kernel.money import MAX_FEN
from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.admission.rules.decide import MAX_GIVEN_UP, MAX_LEFT, MAX_UNPAID_ORDERS, decide
from chengtuan.modules.trade.admission.rules.hold import HOLD, SHORT_HOLD
from chengtuan.modules.trade.admission.rules.request import OrderRequest
from chengtuan.modules.trade.admission.rules.snapshot import ActivityState, BuyerState, GroupState, SkuState, Snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Outdated, Repeated, Taken, Wish, WishLine
from chengtuan.modules.trade.freight.problems import WeightMissing
from chengtuan.modules.trade.pricing.rules.freight import Carried, FreightUnit, Template, Zone
from tests.conftest import NOON

USER, FRIEND, INITIATOR = UUID(int=1), UUID(int=2), UUID(int=3)
SKU, PRODUCT, ACTIVITY, GROUP, MERCHANT = (UUID(int=number) for number in range(10, 15))
HOUR = timedelta(hours=1)
NEWCOMERS = Eligibility(newcomers_only=True)
BOTH = frozenset({FRIEND})
"""FRIEND is an account that was united into the one of USER."""


TERMS = GroupTerms(people=(2, 3), duration_s=3600)
RUNNING = ActivityState(
    ACTIVITY,
    PRODUCT,
    starts_at=NOON - HOUR,
    ends_at=NOON + HOUR,
    stopped_at=None,
    cap=None,
    taken=0,
    per_user_limit=None,
    eligibility=Eligibility(),
    terms=TERMS,
)


NOT_TO_GUANGDONG = Template(
    UUID(int=20), FreightUnit.GRAM, (Zone(frozenset(), 1000, 600, 500, 200),), frozenset({"440000"})
)


def snapshot(**changes: Any) -> Snapshot:
    values: dict[str, Any] = {
        "now": NOON,
        "skus": {SKU: SkuState(SKU, PRODUCT, MERCHANT, 10000, on_sale=True, available=5, on_hand=5)},
        "activities": activity(),
        "groups": {
            GROUP: GroupState(GROUP, ACTIVITY, INITIATOR, "open", 3, 1, NOON + HOUR, Eligibility(), 1, "form", 1, 3)
        },
        "tier_prices": {(ACTIVITY, SKU): [9000, 8000]},
        "seated": {(GROUP, INITIATOR)},
        "bought": {},
        "buyers": {},
    }
    return Snapshot(**(values | changes))


def wish(number: int = 1, **changes: Any) -> Wish:
    values: dict[str, Any] = {
        "order_id": UUID(int=100 + number),
        "request_id": UUID(int=200 + number),
        "request_hash": b"a",
        "user_id": USER,
        "mode": Mode.JOIN,
        "lines": (WishLine(SKU, changes.pop("quantity", 1)),),
        "activity_id": None,
        "group_id": GROUP,
        "new_group_id": UUID(int=300 + number),
        "province_code": "440000",
        "expected_payable_fen": None,
    }
    return Wish(**(values | changes))


def opening(number: int = 1, **changes: Any) -> Wish:
    return wish(number, mode=Mode.OPEN, activity_id=ACTIVITY, group_id=None, **changes)


def alone(number: int = 1, **changes: Any) -> Wish:
    return wish(number, mode=Mode.SOLO, group_id=None, **changes)


CUSTOMER = {USER: BuyerState(merchants={MERCHANT})}


def refusal(snapshot: Snapshot, wish: Wish) -> type[Problem]:
    (verdict,) = decide(snapshot, [wish])
    assert isinstance(verdict, Problem), verdict
    return type(verdict)


def test_a_join_pays_the_first_tier_and_holds_until_the_deadline_at_most() -> None:
    (verdict,) = decide(snapshot(), [wish(quantity=2)])
    assert isinstance(verdict, Taken)
    assert (verdict.priced.lines[0].unit_fen, verdict.priced.payable_fen) == (9000, 18000)
    assert verdict.pay_before == NOON + HOLD
    soon = GroupState(
        GROUP, ACTIVITY, INITIATOR, "open", 3, 1, NOON + timedelta(minutes=1), Eligibility(), 1, "form", 1, 3
    )
    (verdict,) = decide(snapshot(groups={GROUP: soon}), [wish()])
    assert isinstance(verdict, Taken)
    assert verdict.pay_before == NOON + timedelta(minutes=1)


def test_alone_one_pays_the_solo_price() -> None:
    (verdict,) = decide(snapshot(), [alone()])
    assert isinstance(verdict, Taken)
    assert (verdict.priced.payable_fen, verdict.activity_id, verdict.group_id) == (10000, None, None)


def group(**changes: Any) -> dict[UUID, GroupState]:
    return {GROUP: replace(snapshot().groups[GROUP], **changes)}


def activity(**changes: Any) -> dict[UUID, ActivityState]:
    return {ACTIVITY: replace(RUNNING, **changes)}


def with_(**changes: Any) -> GroupTerms:
    return replace(TERMS, **changes)


def sku(**changes: Any) -> dict[UUID, SkuState]:
    return {SKU: replace(snapshot().skus[SKU], **changes)}


@pytest.mark.parametrize(
    ("changes", "asked", "problem"),
    [
        ({"groups": {}}, wish(), p.GroupNotFound),
        ({"groups": group(status="draft")}, wish(), p.GroupNotFound),
        ({"groups": group(status="failed")}, wish(), p.GroupEnded),
        ({"groups": group(status="succeeded")}, wish(), p.GroupFull),
        ({"groups": group(deadline=NOON)}, wish(), p.GroupEnded),
        ({"groups": group(locked=3)}, wish(), p.GroupFull),
        ({}, wish(user_id=INITIATOR), p.OwnGroup),
        ({"seated": {(GROUP, USER)}}, wish(), p.AlreadyInGroup),
        ({"activities": {}}, opening(), p.CampaignNotFound),
        ({"activities": activity(starts_at=NOON + HOUR / 2)}, opening(), p.CampaignEnded),
        ({"activities": activity(ends_at=NOON)}, opening(), p.CampaignEnded),
        ({"activities": activity(stopped_at=NOON)}, opening(), p.CampaignEnded),
        ({"activities": activity(stopped_at=NOON)}, wish(), p.CampaignEnded),
        ({"groups": group(eligibility=Eligibility(regions=("110000",)))}, wish(), p.NotDeliverable),
        ({"carried": {SKU: Carried(NOT_TO_GUANGDONG, None)}}, alone(province_code="440000"), p.NotDeliverable),
        ({"carried": {SKU: Carried(NOT_TO_GUANGDONG, None)}}, alone(province_code="110000"), WeightMissing),
        ({"activities": activity(per_user_limit=2)}, wish(quantity=3), p.PurchaseLimit),
        ({"activities": activity(per_user_limit=2), "bought": {(ACTIVITY, USER): 2}}, wish(), p.PurchaseLimit),
        ({"activities": activity(cap=10, taken=10)}, wish(), p.SoldOut),
        ({"skus": sku(available=0)}, wish(), p.SoldOut),
        ({"skus": sku(on_sale=False)}, opening(), p.SkuNotFound),
        ({"skus": sku(on_sale=False)}, alone(), p.SkuNotFound),
        ({"skus": {}}, wish(), p.SkuNotFound),
        ({"skus": sku(product_id=UUID(int=99))}, wish(), p.SkuNotFound),
        ({}, wish(absorbed=frozenset({INITIATOR})), p.OwnGroup),
        ({"seated": {(GROUP, FRIEND)}}, wish(absorbed=BOTH), p.AlreadyInGroup),
        (
            {"activities": activity(per_user_limit=2), "bought": {(ACTIVITY, USER): 1, (ACTIVITY, FRIEND): 1}},
            wish(absorbed=BOTH),
            p.PurchaseLimit,
        ),
        (
            {"buyers": {FRIEND: BuyerState(unpaid=4), USER: BuyerState(unpaid=1)}},
            alone(absorbed=BOTH),
            p.TooManyUnpaidOrders,
        ),
        ({"buyers": {FRIEND: BuyerState(given_up=MAX_GIVEN_UP)}}, alone(absorbed=BOTH), p.TooManyDepartures),
        ({"buyers": {FRIEND: BuyerState(left=2), USER: BuyerState(left=1)}}, wish(absorbed=BOTH), p.TooManyDepartures),
        (
            {"groups": group(eligibility=NEWCOMERS), "buyers": {FRIEND: BuyerState(merchants={MERCHANT})}},
            wish(absorbed=BOTH),
            p.NewcomersOnly,
        ),
        ({"granted": {(FRIEND, UUID(int=201)): (UUID(int=1), b"b")}}, wish(absorbed=BOTH), p.IdempotencyConflict),
        ({"tier_prices": {}}, wish(), p.SkuNotFound),
        ({"buyers": {USER: BuyerState(unpaid=MAX_UNPAID_ORDERS)}}, wish(), p.TooManyUnpaidOrders),
        ({"buyers": {USER: BuyerState(given_up=MAX_GIVEN_UP)}}, alone(), p.TooManyDepartures),
        ({"buyers": {USER: BuyerState(left=MAX_LEFT)}}, wish(), p.TooManyDepartures),
        ({"buyers": {USER: BuyerState(left=MAX_LEFT)}}, opening(), p.TooManyDepartures),
        ({"groups": group(eligibility=NEWCOMERS), "buyers": CUSTOMER}, wish(), p.NewcomersOnly),
        ({}, wish(expected_payable_fen=1), p.PriceChanged),
        ({"skus": sku(solo_price_fen=MAX_FEN)}, alone(quantity=2), p.OrderTooLarge),
        (
            {"tier_prices": {(ACTIVITY, SKU): [MAX_FEN // 2 + 1]}, "skus": sku(solo_price_fen=MAX_FEN)},
            wish(quantity=2),
            p.OrderTooLarge,
        ),
        ({"granted": {(USER, UUID(int=201)): (UUID(int=9), b"b")}}, wish(), p.IdempotencyConflict),
        ({}, alone(from_cart=True), p.NotInCart),
        ({"carted": {(USER, SKU): 1}}, alone(from_cart=True, quantity=2), p.NotInCart),
        ({"carted": {(FRIEND, SKU): 2}}, alone(from_cart=True), p.NotInCart),
    ],
)
@pytest.mark.feature("F31")
def test_refusals(changes: dict[str, Any], asked: Wish, problem: type[Problem]) -> None:
    assert refusal(snapshot(**changes), asked) is problem


def test_what_is_in_the_cart_is_bought_once_in_a_batch() -> None:
    wishes = [alone(number, from_cart=True, absorbed=BOTH, quantity=2) for number in (1, 2)]
    first, second = decide(snapshot(carted={(FRIEND, SKU): 1, (USER, SKU): 2}), wishes)
    assert isinstance(first, Taken)
    assert isinstance(second, p.NotInCart)


def test_the_same_request_gives_the_same_order() -> None:
    granted = {(USER, UUID(int=201)): (UUID(int=9), b"a")}
    assert decide(snapshot(granted=granted, groups={}), [wish()]) == [Repeated(UUID(int=9))]


def test_a_batch_is_decided_in_order_and_each_changes_the_next() -> None:
    asked = [wish(number, user_id=UUID(int=50 + number)) for number in range(4)]
    kinds = [type(verdict) for verdict in decide(snapshot(), asked)]
    assert kinds == [Taken, Taken, p.GroupFull, p.GroupFull]
    asked = [alone(number, quantity=2, user_id=UUID(int=50 + number)) for number in range(3)]
    kinds = [type(verdict) for verdict in decide(snapshot(), asked)]
    assert kinds == [Taken, Taken, p.SoldOut]
    twice = [wish(1), wish(2)]
    assert [type(v) for v in decide(snapshot(), twice)] == [Taken, p.AlreadyInGroup]


def test_one_batch_counts_against_the_limit_of_a_person_and_the_cap_of_a_activity() -> None:
    limited = snapshot(activities=activity(per_user_limit=3))
    asked = [opening(number, quantity=2) for number in (1, 2)]
    assert [type(verdict) for verdict in decide(limited, asked)] == [Taken, p.PurchaseLimit]
    capped = snapshot(activities=activity(cap=3))
    asked = [opening(number, quantity=2, user_id=UUID(int=50 + number)) for number in (1, 2)]
    assert [type(verdict) for verdict in decide(capped, asked)] == [Taken, p.SoldOut]
    many = [alone(number, quantity=1) for number in range(6)]
    verdicts = [type(verdict) for verdict in decide(snapshot(skus=plenty()), many)]
    assert verdicts == [Taken] * MAX_UNPAID_ORDERS + [p.TooManyUnpaidOrders]


def plenty() -> dict[UUID, SkuState]:
    return {SKU: replace(snapshot().skus[SKU], available=100, on_hand=100)}


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"groups": group(eligibility=NEWCOMERS)}, wish()),
        ({"activities": activity(eligibility=NEWCOMERS), "buyers": CUSTOMER}, opening()),
        ({"buyers": {USER: BuyerState(left=MAX_LEFT)}}, alone()),
        ({"buyers": {USER: BuyerState(given_up=MAX_GIVEN_UP - 1, left=MAX_LEFT - 1)}}, wish()),
        ({"activities": activity(per_user_limit=2), "bought": {(ACTIVITY, USER): 1}}, wish()),
    ],
    ids=["a newcomer joins", "old customers bring newcomers", "leavers buy alone", "below the limits", "the last unit"],
)
def test_admitted(changes: dict[str, Any], asked: Wish) -> None:
    (verdict,) = decide(snapshot(**changes), [asked])
    assert isinstance(verdict, Taken), verdict


def test_one_batch_makes_a_customer_of_a_newcomer() -> None:
    verdicts = decide(snapshot(groups=group(eligibility=NEWCOMERS)), [alone(1), wish(2)])
    assert [type(verdict) for verdict in verdicts] == [Taken, p.NewcomersOnly]


@pytest.mark.parametrize(
    ("changes", "asked", "hold"),
    [
        ({"skus": sku(available=100, on_hand=100)}, alone(), HOLD),
        ({"skus": sku(available=11, on_hand=100)}, alone(), HOLD),
        ({"skus": sku(available=10, on_hand=100)}, alone(), SHORT_HOLD),
        ({"activities": activity(cap=100, taken=90)}, wish(), SHORT_HOLD),
        ({"activities": activity(ends_at=NOON + SHORT_HOLD / 2)}, opening(), SHORT_HOLD / 2),
        (
            {"activities": activity(ends_at=NOON + SHORT_HOLD / 2, terms=replace(TERMS, hard_end=False))},
            opening(),
            HOLD,
        ),
    ],
    ids=["plenty", "a tenth is left", "less than a tenth", "of the cap too", "a hard end", "a soft end"],
)
def test_how_long_an_order_waits_for_its_payment(changes: dict[str, Any], asked: Wish, hold: timedelta) -> None:
    (verdict,) = decide(snapshot(**({"skus": sku(available=50, on_hand=50)} | changes)), [asked])
    assert isinstance(verdict, Taken), verdict
    assert verdict.pay_before - NOON == hold


@pytest.mark.parametrize(("percent", "back"), [(None, 0), (1, 90), (33, 2970), (100, 9000)])
def test_what_comes_back_to_an_initiator_is_of_one_unit(percent: int | None, back: int) -> None:
    (verdict,) = decide(
        snapshot(activities=activity(terms=with_(initiator_off_percent=percent))), [opening(quantity=2)]
    )
    assert isinstance(verdict, Taken)
    assert (verdict.initiator_back_fen, verdict.priced.payable_fen) == (back, 18000)


def test_nothing_comes_back_to_who_joins() -> None:
    (verdict,) = decide(snapshot(activities=activity(terms=with_(initiator_off_percent=50))), [wish()])
    assert isinstance(verdict, Taken)
    assert verdict.initiator_back_fen == 0


def test_who_was_judged_with_a_united_account_is_not_judged_without_it() -> None:
    """Within a batch, and by what is stored; others are not concerned."""
    verdicts = decide(
        snapshot(), [alone(1, absorbed=BOTH), alone(2), alone(3, user_id=FRIEND), alone(4, absorbed=BOTH)]
    )
    assert [type(verdict) for verdict in verdicts] == [Taken, Outdated, Outdated, Taken]
    stored = snapshot(united={(FRIEND, USER)})
    verdicts = decide(
        stored, [alone(1), alone(2, user_id=FRIEND), alone(3, user_id=INITIATOR), alone(4, absorbed=BOTH)]
    )
    assert [type(verdict) for verdict in verdicts] == [Outdated, Outdated, Taken, Taken]


def test_a_key_used_under_the_other_account_gives_its_order() -> None:
    before = snapshot(granted={(FRIEND, UUID(int=201)): (UUID(int=1), b"a")})
    assert decide(before, [wish(absorbed=BOTH)]) == [Repeated(UUID(int=1))]


REQUEST = OrderRequest(
    user_id=USER,
    request_id=UUID(int=201),
    mode=Mode.JOIN,
    lines=(WishLine(SKU, 1),),
    activity_id=None,
    group_id=GROUP,
    address_id=UUID(int=20),
    expected_payable_fen=9000,
    remark="no bag",
)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"user_id": FRIEND, "request_id": UUID(int=202)}, True),
        ({"expected_payable_fen": None}, True),
        ({"mode": Mode.OPEN}, False),
        ({"lines": (WishLine(UUID(int=19), 1),)}, False),
        ({"lines": (WishLine(SKU, 2),)}, False),
        ({"lines": (WishLine(SKU, 1), WishLine(UUID(int=19), 1))}, False),
        ({"activity_id": ACTIVITY}, False),
        ({"group_id": None}, False),
        ({"address_id": UUID(int=21)}, False),
        ({"remark": ""}, False),
    ],
)
def test_a_wish_is_another_one_if_anything_that_is_bought_or_said_differs(changes: dict[str, Any], same: bool) -> None:
    assert (replace(REQUEST, **changes).fingerprint() == REQUEST.fingerprint()) is same
