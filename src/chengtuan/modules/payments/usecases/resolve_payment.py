"""Find out, from the provider, how an order's payment stands; if asked, put an end to it."""

from uuid import UUID

from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.payment import Payment
from chengtuan.modules.payments.facade import PaymentState, PaymentStatus
from chengtuan.modules.payments.repository import payments
from chengtuan.modules.payments.usecases.find_payment import find_payment
from chengtuan.modules.payments.usecases.refresh_payment import close_payment, refresh_payment

_ROUNDS = 3
"""Somebody may open another payment while we close one; nobody does so for ever."""


async def resolve_payment(ctx: Payments, *, order_id: UUID, close: bool) -> PaymentState:
    """With `close` the answer is never PENDING, and no payment can be opened afterwards.

    Raises PartnerUnavailable if it is not certain yet whether money will arrive.
    """
    for _ in range(_ROUNDS):
        for payment in await _pending(ctx, order_id):
            status = await refresh_payment(ctx, payment)
            if close and status is PaymentStatus.PENDING:
                await close_payment(ctx, payment)
        if not close or await _close_order(ctx, order_id):
            return await find_payment(ctx, order_id)
    raise PartnerUnavailable("somebody keeps opening payments of this order")


async def _pending(ctx: Payments, order_id: UUID) -> list[Payment]:
    async with ctx.database.read() as db:
        found = await payments.list_order_payments(db, order_id)
    return [payment for payment in found if payment.pending]


async def _close_order(ctx: Payments, order_id: UUID) -> bool:
    """Shut the door, unless somebody slipped in since we looked."""
    async with ctx.database.write() as tx:
        await payments.lock_order(tx, order_id)
        found = await payments.list_order_payments(tx, order_id)
        if any(payment.pending for payment in found):
            return False
        await payments.close_order(tx, order_id)
    return True
