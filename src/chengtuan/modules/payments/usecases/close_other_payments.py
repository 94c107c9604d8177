from datetime import timedelta
from uuid import UUID

from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import payments
from chengtuan.modules.payments.usecases.refresh_payment import close_payment
from chengtuan.platform.jobs import RetryLater


async def close_other_payments(ctx: PaymentsContext, payable_id: UUID) -> None:
    """Once something is paid, close its payments in other channels, so that it is not paid twice.

    If one was paid meanwhile, both stand in the books and both are announced. Raises RetryLater.
    """
    async with ctx.database.read() as db:
        found = await payments.list_payments_of(db, payable_id)
    try:
        for payment in found:
            if payment.pending:
                await close_payment(ctx, payment)
    except PartnerUnavailable as error:
        raise RetryLater(timedelta(seconds=10)) from error
