"""Staff repaired what kept a refund from going through and ask for it again."""

import contextlib
from uuid import UUID

from chengtuan.modules.payments.facade import RefundNotAbnormal as NoLongerAbnormal
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.job_kinds import RETRY_REFUND
from chengtuan.modules.trade.problems import RefundNotAbnormal, RefundNotFound
from chengtuan.modules.trade.refunds import rows as refund_rows
from chengtuan.modules.trade.refunds.rows import RefundView
from chengtuan.modules.trade.states import RefundStatus
from chengtuan.platform.jobs import Job, JobCall


async def retry_refund(ctx: TradeContext, refund_id: UUID, merchant_id: UUID) -> RefundView:
    """It is under way again; a job tells payments, so that the click survives whatever happens now.

    Raises RefundNotFound (also for another merchant's), RefundNotAbnormal.
    """
    async with ctx.database.write() as tx:
        refund = await refund_rows.find_refund(tx, refund_id)
        if refund is None or refund.merchant_id != merchant_id:
            raise RefundNotFound
        if refund.status != RefundStatus.ABNORMAL or not await refund_rows.resume(tx, refund_id):
            raise RefundNotAbnormal
        tx.schedule(JobCall(RETRY_REFUND, str(refund_id), tx.clock.now()))
    async with ctx.database.read() as db:
        shown = await refund_rows.find_refund_view(db, refund_id)
    assert shown is not None, "refunds are never deleted"
    return shown


async def pass_on_retry(ctx: TradeContext, job: Job) -> None:
    """Idempotent: a refund that is no longer abnormal goes its way."""
    with contextlib.suppress(NoLongerAbnormal):
        await ctx.payments.retry_refund(request_id=UUID(job.ref))
