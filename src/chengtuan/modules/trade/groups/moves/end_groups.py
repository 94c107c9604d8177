"""Groups end once: they form and orders become ready, or they fail and everything goes back.

These are steps inside a caller's transaction, which holds the groups' rows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.facade import GroupFailed, GroupFormed, GroupMember
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.job_kinds import EXPIRE_ORDER
from chengtuan.modules.trade.orders.events import cancelled_events, ready_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.lines import AdjustmentRow, adjustments_of
from chengtuan.modules.trade.orders.rows.orders import OrderRow, holdings_of
from chengtuan.modules.trade.pricing.rules.price import (
    BasketLine,
    PriceFacts,
    Reduction,
    price,
    reductions_kept,
    settlement_difference,
)
from chengtuan.modules.trade.refunds.moves import RefundPlan, plan_refunds
from chengtuan.modules.trade.states import FailReason, OrderAction, RefundReason
from chengtuan.modules.trade.stock.moves import release
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def decide_group(tx: WriteSession, group: Group, reason: FailReason) -> None:
    """Form at the tier that was reached, or fail. The group's row is locked by the caller."""
    if group.terms.tier_reached(group.paid) is not None:
        await count_sold(tx, await form_groups(tx, [group]))
    else:
        await fail_group(tx, group, reason)


async def form_groups(tx: WriteSession, groups: Sequence[Group]) -> list[OrderRow]:
    """Everybody's order becomes ready to ship; a ladder's difference (rule 6) and the perk are planned to go back.

    The members' orders; the caller counts them as sold, last of all, because listings are locked last.
    """
    now = tx.clock.now()
    formed: dict[UUID | None, tuple[Group, int]] = {}
    for group in groups:
        tier = group.terms.tier_reached(group.paid)
        if tier is not None and await group_rows.mark_formed(tx, group.id, tier, now):
            formed[group.id] = (group, tier)
    if not formed:
        return []
    ids = [group.id for group, _ in formed.values()]
    orders = await order_rows.lock_orders_of_groups(tx, ids, OrderAction.FORM)
    await order_rows.make_ready(tx, [order.id for order in orders], now)
    reductions = await _reductions(tx, orders)
    plans = [item for order in orders for item in _plans(order, *formed[order.group_id], reductions)]
    await plan_refunds(tx, plans)
    for group, tier in formed.values():
        members = [order for order in orders if order.group_id == group.id]
        tx.emit(_formed_event(group, tier, members, plans, now))
    tx.emit(*(ready_event(order, now) for order in orders))
    announce_groups(tx, ids)
    return orders


async def fail_group(tx: WriteSession, group: Group, reason: FailReason) -> bool:
    """Everybody who paid gets everything back and the stock is free again. False if it had ended before.

    Who has not paid yet shall not pay any more: those orders expire now.
    """
    now = tx.clock.now()
    if not await group_rows.mark_failed(tx, group.id, reason, now):
        return False
    tx.schedule(*(JobCall(EXPIRE_ORDER, str(held), now) for held in await group_rows.held_orders(tx, group.id)))
    orders = await order_rows.lock_orders_of_groups(tx, [group.id], OrderAction.CALL_OFF)
    await order_rows.call_off(tx, [order.id for order in orders], now)
    await release(tx, holdings_of(orders), now)
    tx.emit(*cancelled_events(orders, now, was_paid=True, reason=None))
    # what an earlier plan returns already (a second payment, a late one) is not promised again
    plans = [
        RefundPlan(order, order.payment_id, order.paid_fen - order.refund_planned_fen, RefundReason.GROUP_FAILED)
        for order in orders
        if order.payment_id is not None
    ]
    await plan_refunds(tx, plans)
    if plans:
        tx.emit(_failed_event(group, reason, plans, now))
    announce_groups(tx, [group.id])
    return True


async def _reductions(tx: WriteSession, orders: Sequence[OrderRow]) -> dict[UUID, list[Reduction]]:
    """The reductions each order got, as rules."""
    reduced = [order.id for order in orders if order.off_fen]
    kept: dict[UUID, list[AdjustmentRow]] = {}
    for row in await adjustments_of(tx, reduced) if reduced else []:
        kept.setdefault(row.order_id, []).append(row)
    return {order_id: reductions_kept(rows) for order_id, rows in kept.items()}


def _plans(order: OrderRow, group: Group, tier: int, reductions: Mapping[UUID, list[Reduction]]) -> list[RefundPlan]:
    """What goes back to one member when the group forms: the ladder's difference, and the initiator's perk."""
    assert order.payment_id is not None, "only paid orders wait for their group"
    basket = [
        BasketLine(line.sku_id, line.quantity, line.list_unit_fen, tuple(line.tier_prices_fen)) for line in order.lines
    ]
    applied = reductions.get(order.id, [])
    difference = settlement_difference(basket, applied, tier)
    amounts = {RefundReason.LADDER_DIFFERENCE: difference}
    if order.user_id == group.initiator_id:
        final = price(basket, PriceFacts(tier=tier)).lines[0].unit_fen
        # no more than was paid for goods: what a coupon took off is not given back in money, and no freight is
        left = order.payable_fen - order.freight_fen - difference
        amounts[RefundReason.INITIATOR_PERK] = min(left, group.terms.initiator_back(final))
    return [RefundPlan(order, order.payment_id, amount, reason) for reason, amount in amounts.items() if amount]


async def count_sold(tx: WriteSession, orders: Sequence[OrderRow]) -> None:
    """Paid units show on the shelf."""
    sold: dict[UUID, int] = {}
    for line in (line for order in orders for line in order.lines):
        sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity
    await order_rows.add_sold(tx, sold)


def _formed_event(
    group: Group, tier: int, orders: Sequence[OrderRow], plans: Sequence[RefundPlan], now: datetime
) -> GroupFormed:
    back = {item.order.id: item.amount_fen for item in plans if item.reason is RefundReason.LADDER_DIFFERENCE}
    return GroupFormed(
        group_id=group.id,
        campaign_id=group.activity_id,
        product_name=orders[0].product_name if orders else {},
        final_tier=tier,
        paid=group.paid,
        members=[GroupMember(user_id=o.user_id, order_id=o.id, refund_fen=back.get(o.id, 0)) for o in orders],
        formed_at=now,
    )


def _failed_event(group: Group, reason: FailReason, plans: Sequence[RefundPlan], now: datetime) -> GroupFailed:
    return GroupFailed(
        group_id=group.id,
        campaign_id=group.activity_id,
        product_name=plans[0].order.product_name,
        reason=reason,
        members=[
            GroupMember(user_id=item.order.user_id, order_id=item.order.id, refund_fen=item.amount_fen)
            for item in plans
        ],
        failed_at=now,
    )
