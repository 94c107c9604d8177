"""Whose order it is, asked before anything is done to it."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound
from chengtuan.modules.trade.orders.rows.orders import OrderRow, find_order


async def get_own_order(ctx: TradeContext, user_ids: Collection[UUID], order_id: UUID) -> OrderRow:
    """`user_ids` are all of the person who asks. Raises OrderNotFound, also for somebody else's order."""
    async with ctx.database.read() as db:
        order = await find_order(db, order_id)
    if order is None or order.user_id not in user_ids:
        raise OrderNotFound
    return order
