"""Who is let in, by tables over snapshots: pure, no database (rules 2, 7, 8)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.domain.admission import (
    HOLD,
    CampaignState,
    GroupState,
    Mode,
    Repeated,
    SkuState,
    Snapshot,
    Taken,
    Wish,
    decide,
)
from tests.conftest import NOON

USER, FRIEND, INITIATOR = UUID(int=1), UUID(int=2), UUID(int=3)
SKU, PRODUCT, CAMPAIGN, GROUP = UUID(int=10), UUID(int=11), UUID(int=12), UUID(int=13)
HOUR = timedelta(hours=1)


def snapshot(**changes: Any) -> Snapshot:
    values: dict[str, Any] = {
        "now": NOON,
        "skus": {SKU: SkuState(SKU, PRODUCT, UUID(int=20), 10000, on_sale=True, available=5)},
        "campaigns": {
            CAMPAIGN: CampaignState(CAMPAIGN, PRODUCT, NOON - HOUR, NOON + HOUR, None, None, 0, None, None, 3)
        },
        "groups": {GROUP: GroupState(GROUP, CAMPAIGN, INITIATOR, "open", 3, 1, NOON + HOUR)},
        "tier_prices": {(CAMPAIGN, SKU): [9000, 8000]},
        "seated": {(GROUP, INITIATOR)},
        "bought": {},
        "unpaid": {},
    }
    return Snapshot(**(values | changes))


def wish(number: int = 1, **changes: Any) -> Wish:
    values: dict[str, Any] = {
        "order_id": UUID(int=100 + number),
        "request_id": UUID(int=200 + number),
        "request_hash": b"a",
        "user_id": USER,
        "mode": Mode.JOIN,
        "sku_id": SKU,
        "quantity": 1,
        "campaign_id": None,
        "group_id": GROUP,
        "new_group_id": UUID(int=300 + number),
        "province_code": "440000",
        "expected_payable_fen": None,
    }
    return Wish(**(values | changes))


def opening(**changes: Any) -> Wish:
    return wish(mode=Mode.OPEN, campaign_id=CAMPAIGN, group_id=None, **changes)


def refusal(snapshot: Snapshot, wish: Wish) -> type[Problem]:
    (verdict,) = decide(snapshot, [wish])
    assert isinstance(verdict, Problem), verdict
    return type(verdict)


def test_a_join_pays_the_first_tier_and_holds_until_the_deadline_at_most() -> None:
    (verdict,) = decide(snapshot(), [wish(quantity=2)])
    assert isinstance(verdict, Taken)
    assert (verdict.unit_price_fen, verdict.payable_fen, verdict.pay_before) == (9000, 18000, NOON + HOLD)
    soon = GroupState(GROUP, CAMPAIGN, INITIATOR, "open", 3, 1, NOON + timedelta(minutes=1))
    (verdict,) = decide(snapshot(groups={GROUP: soon}), [wish()])
    assert isinstance(verdict, Taken)
    assert verdict.pay_before == NOON + timedelta(minutes=1)


def test_alone_one_pays_the_solo_price() -> None:
    (verdict,) = decide(snapshot(), [wish(mode=Mode.SOLO, group_id=None)])
    assert isinstance(verdict, Taken)
    assert (verdict.payable_fen, verdict.campaign_id, verdict.group_id) == (10000, None, None)


def group(**changes: Any) -> dict[UUID, GroupState]:
    return {GROUP: replace(snapshot().groups[GROUP], **changes)}


def campaign(**changes: Any) -> dict[UUID, CampaignState]:
    return {CAMPAIGN: replace(snapshot().campaigns[CAMPAIGN], **changes)}


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
        ({"campaigns": {}}, opening(), p.CampaignNotFound),
        ({"campaigns": campaign(starts_at=NOON + HOUR / 2)}, opening(), p.CampaignEnded),
        ({"campaigns": campaign(ends_at=NOON)}, opening(), p.CampaignEnded),
        ({"campaigns": campaign(stopped_at=NOON)}, opening(), p.CampaignEnded),
        ({"campaigns": campaign(stopped_at=NOON)}, wish(), p.CampaignEnded),
        ({"campaigns": campaign(regions=["110000"])}, wish(), p.NotDeliverable),
        ({"campaigns": campaign(per_user_limit=2)}, wish(quantity=3), p.PurchaseLimit),
        ({"campaigns": campaign(per_user_limit=2), "bought": {(CAMPAIGN, USER): 2}}, wish(), p.PurchaseLimit),
        ({"campaigns": campaign(stock_cap=10, stock_taken=10)}, wish(), p.SoldOut),
        ({"skus": sku(available=0)}, wish(), p.SoldOut),
        ({"skus": sku(on_sale=False)}, wish(), p.SkuNotFound),
        ({"skus": {}}, wish(), p.SkuNotFound),
        ({"skus": sku(product_id=UUID(int=99))}, wish(), p.SkuNotFound),
        ({"tier_prices": {}}, wish(), p.SkuNotFound),
        ({"unpaid": {USER: 5}}, wish(), p.TooManyUnpaidOrders),
        ({}, wish(expected_payable_fen=1), p.PriceChanged),
        ({"granted": {(USER, UUID(int=201)): (UUID(int=9), b"b")}}, wish(), p.IdempotencyConflict),
    ],
)
def test_refusals(changes: dict[str, Any], asked: Wish, problem: type[Problem]) -> None:
    assert refusal(snapshot(**changes), asked) is problem


def test_the_same_request_gives_the_same_order() -> None:
    granted = {(USER, UUID(int=201)): (UUID(int=9), b"a")}
    assert decide(snapshot(granted=granted, groups={}), [wish()]) == [Repeated(UUID(int=9))]


def test_a_batch_is_decided_in_order_and_each_changes_the_next() -> None:
    asked = [wish(number, user_id=UUID(int=50 + number)) for number in range(4)]
    kinds = [type(verdict) for verdict in decide(snapshot(), asked)]
    assert kinds == [Taken, Taken, p.GroupFull, p.GroupFull]
    asked = [
        wish(number, mode=Mode.SOLO, group_id=None, quantity=2, user_id=UUID(int=50 + number)) for number in range(3)
    ]
    kinds = [type(verdict) for verdict in decide(snapshot(), asked)]
    assert kinds == [Taken, Taken, p.SoldOut]
    twice = [wish(1), wish(2)]
    assert [type(v) for v in decide(snapshot(), twice)] == [Taken, p.AlreadyInGroup]
