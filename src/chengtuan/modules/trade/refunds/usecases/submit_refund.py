"""Planned refunds are handed to payments; what becomes of them comes back as events."""

from uuid import UUID

from chengtuan.modules.payments.facade import RefundRequest
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.refunds import rows as refund_rows
from chengtuan.platform.jobs import Job


async def submit_refund(ctx: TradeContext, job: Job) -> None:
    """Idempotent: payments knows the refund by its id."""
    async with ctx.database.read() as db:
        refund = await refund_rows.find_refund(db, UUID(job.ref))
    if refund is None:
        return
    request = RefundRequest(
        request_id=refund.id,
        payment_id=refund.payment_id,
        subject_id=refund.order_id,
        number=refund.number,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
    )
    await ctx.payments.request_refund(request=request)
    async with ctx.database.write() as tx:
        await refund_rows.mark_submitted(tx, refund.id, tx.clock.now())
