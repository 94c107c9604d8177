"""The parcel arrived, and the order is complete."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import WrongOrderState
from chengtuan.modules.trade.orders.events import completed_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow
from chengtuan.modules.trade.orders.usecases.own_order import own_order
from chengtuan.modules.trade.states import OrderStatus
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job


async def confirm_receipt(ctx: Trade, user_ids: Collection[UUID], order_id: UUID) -> None:
    """Confirming again changes nothing. Raises OrderNotFound, WrongOrderState."""
    await own_order(ctx, user_ids, order_id)
    async with ctx.database.write() as tx:
        order = (await order_rows.lock_orders(tx, [order_id]))[order_id]
        if not await _complete(tx, order) and order.status != OrderStatus.COMPLETED:
            raise WrongOrderState(order_status=order.status)


async def complete_order(tx: WriteSession, job: Job) -> None:
    """Nobody confirmed and nobody complained."""
    for order in (await order_rows.lock_orders(tx, [UUID(job.ref)])).values():
        await _complete(tx, order)


async def _complete(tx: WriteSession, order: OrderRow) -> bool:
    now = tx.clock.now()
    completed = await order_rows.complete(tx, order.id, now)
    if completed:
        tx.emit(completed_event(order, now))
    return completed
