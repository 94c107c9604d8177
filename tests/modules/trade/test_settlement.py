"""What goes back to a member when a group forms, and why an order without money ended (rules 3, 6 and 7)."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.groups.moves.end_groups import _plans
from chengtuan.modules.trade.groups.moves.release import _reason
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.orders.rows.lines import OrderLine
from chengtuan.modules.trade.orders.rows.orders import OrderRow
from chengtuan.modules.trade.pricing.rules.price import AdjustmentKind, Reduction
from chengtuan.modules.trade.states import CancelReason, GroupStatus

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
GROUP, ACTIVITY, PRODUCT, SKU, MERCHANT, INITIATOR, ORDER, PAYMENT = (UUID(int=n) for n in range(1, 9))
TIERS = [8000, 7000]


def formed(percent: int | None) -> Group:
    terms = GroupTerms(people=(2, 3), duration_s=3600, initiator_off_percent=percent)
    return Group(GROUP, ACTIVITY, PRODUCT, INITIATOR, "open", terms, 3, 3, NOON)


def member(user_id: UUID, quantity: int, off_fen: int, freight_fen: int) -> OrderRow:
    goods = TIERS[0] * quantity
    payable = goods - off_fen
    line = OrderLine(
        ORDER, 1, PRODUCT, SKU, {}, {}, "", quantity, 10000, TIERS[0], goods, off_fen, payable, TIERS, 0
    )  # fmt: skip
    total = payable + freight_fen
    return OrderRow(
        ORDER, "1", user_id, MERCHANT, "group", "grouping", ACTIVITY, GROUP, off_fen, freight_fen, total, total, 0,
        NOON, 0, b"", lines=[line], payment_id=PAYMENT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("user_id", "bought", "percent", "tier", "back"),
    [
        (MERCHANT, (2, 0, 600), 100, 1, {"ladder_difference": 2000}),
        (INITIATOR, (2, 0, 600), None, 1, {"ladder_difference": 2000}),
        (INITIATOR, (2, 0, 0), 50, 0, {"initiator_perk": 4000}),
        (INITIATOR, (2, 0, 600), 100, 1, {"ladder_difference": 2000, "initiator_perk": 7000}),
        # a coupon took the rest off: no more comes back than was paid for the goods, and no freight
        (INITIATOR, (1, 6000, 0), 100, 0, {"initiator_perk": 2000}),
        (INITIATOR, (1, 6000, 600), 100, 0, {"initiator_perk": 2000}),
        (INITIATOR, (1, 6000, 600), 100, 1, {"ladder_difference": 1000, "initiator_perk": 1000}),
    ],
)
def test_what_a_member_gets_back(
    user_id: UUID, bought: tuple[int, int, int], percent: int | None, tier: int, back: dict[str, int]
) -> None:
    """`bought`: pieces, what a coupon took off, freight."""
    order = member(user_id, *bought)
    coupon = [Reduction(AdjustmentKind.COUPON, off_fen=order.off_fen)]
    plans = _plans(order, formed(percent), tier, {ORDER: coupon})
    assert {item.reason: item.amount_fen for item in plans} == back
    assert {item.payment_id for item in plans} == {PAYMENT}


@pytest.mark.parametrize(
    ("reason", "status", "told"),
    [
        (CancelReason.TIMEOUT, GroupStatus.OPEN, CancelReason.TIMEOUT),
        (CancelReason.TIMEOUT, GroupStatus.FAILED, CancelReason.GROUP_ENDED),
        (CancelReason.TIMEOUT, GroupStatus.SUCCEEDED, CancelReason.GROUP_ENDED),
        (CancelReason.TIMEOUT, None, CancelReason.TIMEOUT),
        (CancelReason.USER, GroupStatus.FAILED, CancelReason.USER),
    ],
)
def test_why_an_unpaid_order_ended(reason: CancelReason, status: GroupStatus | None, told: CancelReason) -> None:
    """What the group ended is not the buyer's departure; what the buyer gave up is."""
    group = replace(formed(None), status=status) if status else None
    assert _reason(reason, group) is told
