"""Ask the provider now, for somebody who looks at the result page before the callback came."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import payable_of
from chengtuan.modules.trade.orders.usecases.get_own_order import get_own_order
from chengtuan.modules.trade.states import OrderStatus
from chengtuan.platform.rate_limit import RateLimit

_SYNC_LIMIT = RateLimit("sync_payment", burst=10, period=timedelta(minutes=1))


async def sync_payment(ctx: TradeContext, user_ids: Collection[UUID], order_id: UUID) -> bool:
    """Whether the provider has money for an order that still waits for it.

    The effect, if any, arrives as an event a moment later. Raises OrderNotFound, TooManyRequests.
    """
    order = await get_own_order(ctx, user_ids, order_id)
    if order.status != OrderStatus.PENDING_PAYMENT:
        return False
    await ctx.rate_limiter.take(_SYNC_LIMIT, str(order.user_id))
    state = await ctx.payments.resolve_payment(payable=payable_of(order_id), close=False)
    return state.status is PaymentStatus.PAID
