"""A person has repaired what kept a refund from going through, and does not want to wait for the next try."""

from uuid import UUID

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import RefundNotAbnormal, RefundNotFound
from chengtuan.modules.payments.job_kinds import FOLLOW_REFUND, SUBMIT_REFUND
from chengtuan.modules.payments.rows import refunds
from chengtuan.modules.payments.rules.refund import Refund, RefundAttempt, RefundStatus, Trouble
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall


async def retry_refund(ctx: PaymentsContext, request_id: UUID) -> None:
    """Take an abnormal refund up again and make its next job due now; if it fails again, that is told again.

    Safe beside a job that is just running: both ask under the same number, and what the provider answers is
    recorded under the refund's lock. `request_id` is the refund's. Raises RefundNotFound, RefundNotAbnormal.
    """
    async with ctx.database.write() as tx:
        refund = await refunds.lock_refund_by_id(tx, request_id)
        if refund is None:
            raise RefundNotFound
        if refund.status is not RefundStatus.ABNORMAL:
            raise RefundNotAbnormal
        kind, attempt = await _next_step(tx, refund)
        await refunds.resume_refund(tx, refund)
        tx.schedule(JobCall(kind, attempt.ref, tx.clock.now()))


async def _next_step(tx: WriteSession, refund: Refund) -> tuple[str, RefundAttempt]:
    if refund.trouble is Trouble.FAILED:
        return FOLLOW_REFUND, refund.attempt
    if refund.trouble is Trouble.CLOSED and refund.known_to_provider:
        await refunds.renew_refund(tx, refund.id)  # the automatic numbers are used up
        return SUBMIT_REFUND, RefundAttempt(refund.id, refund.sequence + 1)
    return SUBMIT_REFUND, refund.attempt
