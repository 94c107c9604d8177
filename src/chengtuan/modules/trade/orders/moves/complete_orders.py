"""Orders are complete: their buyers said so, or nobody complained."""

from uuid import UUID

from chengtuan.modules.trade.orders.events import completed_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job


async def complete_order(tx: WriteSession, job: Job) -> None:
    """Nobody confirmed and nobody complained."""
    for order in (await order_rows.lock_orders(tx, [UUID(job.ref)])).values():
        await complete_locked(tx, order)


async def complete_locked(tx: WriteSession, order: OrderRow) -> bool:
    """False if it is not on its way (any more). Its row is locked by the caller."""
    now = tx.clock.now()
    completed = await order_rows.complete(tx, order.id, now)
    if completed:
        tx.emit(completed_event(order, now))
    return completed
