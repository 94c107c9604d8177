"""A shopper gives up an unpaid order, or leaves a group that has not formed (rule 5)."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound, PartlySent, WrongOrderState
from chengtuan.modules.trade.groups.moves.end_groups import fail_group
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.usecases.cancel_unpaid_order import cancel_unpaid_order
from chengtuan.modules.trade.orders.events import cancelled_events
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow, holdings_of
from chengtuan.modules.trade.orders.usecases.get_own_order import get_own_order
from chengtuan.modules.trade.refunds.moves import RefundPlan, plan_refunds
from chengtuan.modules.trade.states import CancelReason, FailReason, GroupStatus, OrderStatus, RefundReason
from chengtuan.modules.trade.stock.moves import release
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import RetryLater


async def cancel_order(ctx: TradeContext, user_ids: Collection[UUID], order_id: UUID) -> None:
    """Raises OrderNotFound, PartlySent, WrongOrderState, PartnerUnavailable (nothing changed; try again)."""
    order = await get_own_order(ctx, user_ids, order_id)
    if order.status == OrderStatus.PENDING_PAYMENT:
        await _give_up(ctx, order_id)
    elif order.status == OrderStatus.GROUPING:
        await _leave_group(ctx, order)
    elif order.parcels and order.left:
        raise PartlySent(sent=order.quantity - order.left, pieces=order.quantity)
    elif order.status != OrderStatus.CANCELLED:
        raise WrongOrderState(order_status=order.status)


async def _give_up(ctx: TradeContext, order_id: UUID) -> None:
    try:
        cancelled = await cancel_unpaid_order(ctx, order_id, reason=CancelReason.USER)
    except RetryLater as error:
        raise PartnerUnavailable("a payment for this order is being confirmed") from error
    if not cancelled:
        async with ctx.database.read() as db:
            order = await order_rows.find_order(db, order_id)
        if order is None or order.status != OrderStatus.CANCELLED:
            raise WrongOrderState(order_status=order.status if order else "")


async def _leave_group(ctx: TradeContext, order: OrderRow) -> None:
    """A full refund; the seat is free again, and the earliest paid member inherits the initiative."""
    async with ctx.database.write() as tx:
        group = await group_rows.lock_group(tx, order.group_id) if order.group_id else None
        current = (await order_rows.lock_orders(tx, [order.id])).get(order.id)
        if current is None:
            raise OrderNotFound
        if group is None or group.status != GroupStatus.OPEN or current.status != OrderStatus.GROUPING:
            raise WrongOrderState(order_status=current.status)
        await _give_back(tx, current)
        await group_rows.leave_seat(tx, group, order.id)
        if group.initiator_id == order.user_id and await group_rows.pass_on_initiative(tx, group.id) is None:
            await fail_group(tx, group, FailReason.CANCELLED)
        announce_groups(tx, [group.id])


async def _give_back(tx: WriteSession, order: OrderRow) -> None:
    assert order.payment_id is not None
    now = tx.clock.now()
    await order_rows.call_off(tx, [order.id], now, CancelReason.USER)
    await release(tx, holdings_of([order]), now)
    tx.emit(*cancelled_events([order], now, was_paid=True, reason=CancelReason.USER))
    amount = order.paid_fen - order.refund_planned_fen
    await plan_refunds(tx, [RefundPlan(order, order.payment_id, amount, RefundReason.CANCELLED)])
