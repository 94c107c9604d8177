"""An order that nobody paid in time is cancelled, once the provider is sure that nobody will (rule 3)."""

from datetime import timedelta
from uuid import UUID

from chengtuan.kernel.problems import PartnerUnavailable, Unavailable
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import payable_of
from chengtuan.modules.trade.groups.moves.release import release_unpaid_orders
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.states import CancelReason, OrderStatus
from chengtuan.platform.jobs import Job, RetryLater

_SOON = timedelta(seconds=1)


async def expire_order(ctx: TradeContext, job: Job) -> None:
    """The hold ran out: ask the provider, close the payment, then release (rule 3)."""
    order_id = UUID(job.ref)
    if await _is_waiting(ctx, order_id):
        await cancel_unpaid_order(ctx, order_id, reason=CancelReason.TIMEOUT)


async def _is_waiting(ctx: TradeContext, order_id: UUID) -> bool:
    async with ctx.database.read() as db:
        order = await order_rows.find_order(db, order_id)
    return order is not None and order.status == OrderStatus.PENDING_PAYMENT


async def cancel_unpaid_order(ctx: TradeContext, order_id: UUID, *, reason: CancelReason) -> bool:
    """Cancel unless it is paid. True if cancelled here; RetryLater while its payment is on the way to us."""
    try:
        state = await ctx.payments.resolve_payment(payable=payable_of(order_id), close=True)
    except (PartnerUnavailable, Unavailable) as error:
        raise RetryLater(timedelta(seconds=5)) from error
    if state.status is PaymentStatus.PAID:
        if await _is_waiting(ctx, order_id):
            raise RetryLater(_SOON)  # the event with the money is on its way
        return False
    async with ctx.database.write() as tx:
        group_ids = await order_rows.groups_of_orders(tx, [order_id])
        await group_rows.lock_groups(tx, sorted(group_ids))
        order = (await order_rows.lock_orders(tx, [order_id]))[order_id]
        return bool(await release_unpaid_orders(tx, [order], reason=reason))
