"""The buyer has what was sent."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import WrongOrderState
from chengtuan.modules.trade.orders.moves.complete_orders import complete_locked
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.usecases.get_own_order import get_own_order
from chengtuan.modules.trade.states import OrderStatus


async def confirm_receipt(ctx: TradeContext, user_ids: Collection[UUID], order_id: UUID) -> None:
    """Confirming again changes nothing. Raises OrderNotFound, WrongOrderState."""
    await get_own_order(ctx, user_ids, order_id)
    async with ctx.database.write() as tx:
        order = (await order_rows.lock_orders(tx, [order_id]))[order_id]
        if not await complete_locked(tx, order) and order.status != OrderStatus.COMPLETED:
            raise WrongOrderState(order_status=order.status)
