"""Find out, from the provider, how the payment of something stands; if asked, put an end to it."""

from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import Payable, PaymentState, PaymentStatus
from chengtuan.modules.payments.rows import payments
from chengtuan.modules.payments.rules.payment import Payment
from chengtuan.modules.payments.usecases.find_payment import find_payment
from chengtuan.modules.payments.usecases.refresh_payment import close_payment, refresh_payment

_ROUNDS = 3
"""Somebody may open another payment while we close one; nobody does so for ever."""


async def resolve_payment(ctx: PaymentsContext, *, payable: Payable, close: bool) -> PaymentState:
    """With `close` the answer is never PENDING, and no payment can be opened afterwards.

    Raises PartnerUnavailable if it is not certain yet whether money will arrive.
    """
    for _ in range(_ROUNDS):
        for payment in await _pending(ctx, payable):
            status = await refresh_payment(ctx, payment)
            if close and status is PaymentStatus.PENDING:
                await close_payment(ctx, payment)
        if not close or await _close(ctx, payable):
            return await find_payment(ctx, payable)
    raise PartnerUnavailable("somebody keeps opening payments of this")


async def _pending(ctx: PaymentsContext, payable: Payable) -> list[Payment]:
    async with ctx.database.read() as db:
        found = await payments.list_payments(db, payable)
    return [payment for payment in found if payment.pending]


async def _close(ctx: PaymentsContext, payable: Payable) -> bool:
    """Shut the door, unless somebody slipped in since we looked."""
    async with ctx.database.write() as tx:
        payable_id = await payments.lock_payable(tx, payable)
        found = await payments.list_payments_of(tx, payable_id)
        if any(payment.pending for payment in found):
            return False
        await payments.close_payable(tx, payable_id)
    return True
