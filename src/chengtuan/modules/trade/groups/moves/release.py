"""An unpaid order gives back what it holds: seat, stock, its place under the activity's cap or in a sale; once."""

from collections.abc import Sequence

from chengtuan.modules.trade.flash.moves.settle_holds import offer_on
from chengtuan.modules.trade.flash.rows.stock import lock_flash_stock
from chengtuan.modules.trade.groups.rows import groups as group_rows
from chengtuan.modules.trade.groups.rows.groups import Group
from chengtuan.modules.trade.orders.events import cancelled_events
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow, holdings_of
from chengtuan.modules.trade.states import ActivityKind, CancelReason, FailReason, GroupStatus
from chengtuan.modules.trade.stock.moves import release
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.database import WriteSession


async def release_unpaid_orders(
    tx: WriteSession, orders: Sequence[OrderRow], *, reason: CancelReason
) -> list[OrderRow]:
    """Inside a transaction that holds the groups' and the orders' rows. Those that had not been released before."""
    now = tx.clock.now()
    groups = await group_rows.lock_groups(tx, sorted({order.group_id for order in orders if order.group_id}))
    released = []
    for order in orders:
        group = groups.get(order.group_id) if order.group_id else None
        why = _reason(reason, group)
        if not await order_rows.cancel(tx, order.id, why, now):
            continue
        released.append(order)
        tx.emit(*cancelled_events([order], now, was_paid=False, reason=why))
        if group is not None:
            await group_rows.release_seat(tx, group, order.id)
            if group.status == GroupStatus.DRAFT:
                await group_rows.mark_failed(tx, group.id, FailReason.CANCELLED, now)
    # all at once: sales, activities and stock are locked in one order, whatever the orders' is
    flash = [order for order in released if order.kind == ActivityKind.FLASH]
    await lock_flash_stock(tx, {order.activity_id for order in flash if order.activity_id})
    await release(tx, holdings_of(released), now)
    if flash:
        await offer_on(tx, holdings_of(flash))
    announce_groups(tx, groups)
    return released


def _reason(reason: CancelReason, group: Group | None) -> CancelReason:
    """Nobody let an order lapse whose group was no longer there."""
    ended = group is not None and group.status in (GroupStatus.FAILED, GroupStatus.SUCCEEDED)
    return CancelReason.GROUP_ENDED if ended and reason is CancelReason.TIMEOUT else reason
