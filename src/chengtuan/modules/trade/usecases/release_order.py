"""An unpaid order gives back what it holds: seat, stock, its place under the campaign's cap; once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.kernel.problems import PartnerUnavailable, Unavailable
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.domain.states import CancelReason, FailReason, GroupStatus, OrderStatus
from chengtuan.modules.trade.repository import groups as group_rows
from chengtuan.modules.trade.repository import orders as order_rows
from chengtuan.modules.trade.repository.groups import Group
from chengtuan.modules.trade.repository.orders import OrderRow
from chengtuan.modules.trade.repository.stock import StockEnd, end_reservations
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, RetryLater

_SOON = timedelta(seconds=1)


async def expire_order(ctx: Trade, job: Job) -> None:
    """The hold ran out: ask the provider, close the payment, then release (rule 3)."""
    order_id = UUID(job.ref)
    if await order_is_waiting(ctx, order_id):
        await settle_unpaid_order(ctx, order_id, reason=CancelReason.TIMEOUT)


async def order_is_waiting(ctx: Trade, order_id: UUID) -> bool:
    async with ctx.database.read() as db:
        order = await order_rows.find_order(db, order_id)
    return order is not None and order.status == OrderStatus.PENDING_PAYMENT


async def settle_unpaid_order(ctx: Trade, order_id: UUID, *, reason: CancelReason) -> bool:
    """Cancel unless it is paid. True if cancelled here; RetryLater while its payment is on the way to us."""
    try:
        state = await ctx.payments.resolve_payment(order_id=order_id, close=True)
    except (PartnerUnavailable, Unavailable) as error:
        raise RetryLater(timedelta(seconds=5)) from error
    if state.status is PaymentStatus.PAID:
        if await order_is_waiting(ctx, order_id):
            raise RetryLater(_SOON)  # the event with the money is on its way
        return False
    async with ctx.database.write() as tx:
        group_ids = await order_rows.groups_of_orders(tx, [order_id])
        await group_rows.lock_groups(tx, sorted(group_ids))
        order = (await order_rows.lock_orders(tx, [order_id]))[order_id]
        return bool(await release_unpaid_orders(ctx, tx, [order], reason=reason))


async def release_unpaid_orders(
    ctx: Trade, tx: WriteSession, orders: Sequence[OrderRow], *, reason: CancelReason
) -> list[OrderRow]:
    """Inside a transaction that holds the groups' and the orders' rows. Those that had not been released before."""
    now: datetime = tx.clock.now()
    groups = await group_rows.lock_groups(tx, sorted({order.group_id for order in orders if order.group_id}))
    released = []
    for order in orders:
        group = groups.get(order.group_id) if order.group_id else None
        if not await order_rows.cancel(tx, order.id, _reason(reason, group), now):
            continue
        released.append(order)
        if group is not None:
            await group_rows.release_seat(tx, order_id=order.id, group_id=group.id, paid=False)
            if group.status == GroupStatus.DRAFT:
                await group_rows.fail_group(tx, group.id, FailReason.CANCELLED, now)
    # all at once: campaigns and stock are locked in one order, whatever the orders' is
    await end_reservations(tx, released, StockEnd.RELEASE, now)
    ctx.announce(tx, groups)
    return released


def _reason(reason: CancelReason, group: Group | None) -> CancelReason:
    """Nobody let an order lapse whose group was no longer there."""
    ended = group is not None and group.status in (GroupStatus.FAILED, GroupStatus.SUCCEEDED)
    return CancelReason.GROUP_ENDED if ended and reason is CancelReason.TIMEOUT else reason
