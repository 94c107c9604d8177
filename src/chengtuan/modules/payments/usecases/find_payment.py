from uuid import UUID

from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.payment import state_of
from chengtuan.modules.payments.facade import PaymentState
from chengtuan.modules.payments.repository import payments
from chengtuan.modules.payments.sealing import opened


async def find_payment(ctx: Payments, order_id: UUID) -> PaymentState:
    """How an order's payment stands, as far as we know; nobody is asked."""
    async with ctx.database.read() as db:
        found = await payments.list_order_payments(db, order_id)
        closed = await payments.is_order_closed(db, order_id)
    return state_of([opened(ctx.keys, payment) for payment in found], closed_for_good=closed)
