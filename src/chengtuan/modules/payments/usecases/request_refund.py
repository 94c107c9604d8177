"""Plan a refund: the money is set aside and booked; the provider is told by a job."""

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import RefundRequest, RefundTooLarge
from chengtuan.modules.payments.job_kinds import SUBMIT_REFUND
from chengtuan.modules.payments.rows import ledger, refunds, shares
from chengtuan.modules.payments.rules.ledger import Booking, refund_kind
from chengtuan.modules.payments.rules.refund import RefundAttempt
from chengtuan.platform.jobs import JobCall


async def request_refund(ctx: PaymentsContext, request: RefundRequest) -> None:
    """Idempotent per `request_id`. Raises RefundTooLarge if not so much was paid, or is left of it."""
    async with ctx.database.write() as tx:
        if await refunds.find_refund(tx, request.request_id) is not None:
            return
        share = await shares.find_paid_share(tx, request.payment_id, request.subject_id)
        if share is None or request.amount_fen <= 0:
            raise RefundTooLarge
        if not await refunds.insert_refund(tx, request):
            return  # the same request, at the same moment
        if not await shares.reserve_refund(tx, request.payment_id, request.subject_id, request.amount_fen):
            raise RefundTooLarge
        booking = Booking(
            kind=refund_kind(request.reason),
            fact_id=request.request_id,
            purpose=share.purpose,
            subject_id=request.subject_id,
            merchant_id=share.merchant_id,
            amount_fen=request.amount_fen,
        )
        await ledger.book(tx, booking)
        tx.schedule(JobCall(SUBMIT_REFUND, RefundAttempt(request.request_id, 1).ref, tx.clock.now()))
