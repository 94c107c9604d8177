"""A person has repaired what kept a refund from going through, and does not want to wait for the next try."""

from uuid import UUID

from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.refund import Refund, RefundAttempt, RefundStatus, Trouble
from chengtuan.modules.payments.facade import RefundNotAbnormal, RefundNotFound
from chengtuan.modules.payments.repository import refunds
from chengtuan.modules.payments.usecases.request_refund import SUBMIT_REFUND
from chengtuan.modules.payments.usecases.submit_refund import FOLLOW_REFUND
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def retry_refund(ctx: Payments, refund_id: UUID) -> None:
    """Make the refund's next job due now. It stays abnormal until the provider says something else.

    Safe beside a job that is just running: both ask under the same number, and what the provider answers
    is recorded under the refund's lock. Raises RefundNotFound, RefundNotAbnormal.
    """
    async with ctx.database.write() as tx:
        refund = await refunds.lock_refund_by_id(tx, refund_id)
        if refund is None:
            raise RefundNotFound
        if refund.status is not RefundStatus.ABNORMAL:
            raise RefundNotAbnormal
        if refund.trouble is Trouble.FAILED:
            tx.schedule(JobCall(FOLLOW_REFUND, refund.attempt.ref, tx.clock.now()))
        else:
            attempt = await _next_attempt(tx, refund)
            tx.schedule(JobCall(SUBMIT_REFUND, attempt.ref, tx.clock.now()))


async def _next_attempt(tx: WriteSession, refund: Refund) -> RefundAttempt:
    if not refund.known_to_provider:
        return refund.attempt
    if refund.trouble is Trouble.CLOSED:
        await refunds.renew_refund(tx, refund.id)
        return RefundAttempt(refund.id, refund.sequence + 1)
    await refunds.forget_acceptance(tx, refund.id)
    return refund.attempt
