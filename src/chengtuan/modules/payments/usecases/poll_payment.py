from datetime import timedelta
from uuid import UUID

import structlog

from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.payments.rows import payments
from chengtuan.modules.payments.rules.payment import Payment
from chengtuan.modules.payments.rules.schedule import GRACE, next_payment_check
from chengtuan.modules.payments.usecases.refresh_payment import close_payment, refresh_payment
from chengtuan.platform.jobs import RetryLater

log = structlog.get_logger(__name__)


async def poll_payment(ctx: PaymentsContext, payment_id: UUID) -> None:
    """Look after a payment that stays open, since its callback may never come.

    Ends when it is paid or closed; after its expiry it is closed at the provider as well.
    Raises RetryLater while it is open.
    """
    async with ctx.database.read() as db:
        payment = await payments.find_payment(db, payment_id)
    if payment is None or not payment.pending:
        return
    now = ctx.clock.now()
    if await _look(ctx, payment, over=now >= payment.expires_at + GRACE) is PaymentStatus.PENDING:
        raise RetryLater(next_payment_check(payment.created_at, payment.expires_at, now))


async def _look(ctx: PaymentsContext, payment: Payment, *, over: bool) -> PaymentStatus:
    try:
        status = await refresh_payment(ctx, payment)
        if over and status is PaymentStatus.PENDING:
            status = await close_payment(ctx, payment)
    except PartnerUnavailable as error:
        log.warning("payment_poll_postponed", payment_id=str(payment.id), error=str(error))
        raise RetryLater(timedelta(seconds=30)) from error
    return status
