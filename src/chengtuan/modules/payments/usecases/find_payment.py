from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import Payable, PaymentState
from chengtuan.modules.payments.rows import payments
from chengtuan.modules.payments.rows.sealing import opened
from chengtuan.modules.payments.rules.payment import state_of


async def find_payment(ctx: PaymentsContext, payable: Payable) -> PaymentState:
    """How the payment of something stands, as far as we know; nobody is asked."""
    async with ctx.database.read() as db:
        found = await payments.list_payments(db, payable)
        closed = await payments.is_closed(db, payable)
    return state_of([opened(ctx.keys, payment) for payment in found], closed_for_good=closed)
