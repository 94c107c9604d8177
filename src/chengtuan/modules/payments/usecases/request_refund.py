"""Plan a refund: the money is set aside and booked; the provider is told by a job."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.ledger import Booking, refund_kind
from chengtuan.modules.payments.domain.payment import Payment
from chengtuan.modules.payments.domain.refund import RefundAttempt
from chengtuan.modules.payments.facade import PaymentStatus, RefundTooLarge
from chengtuan.modules.payments.repository import ledger, payments, refunds
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

SUBMIT_REFUND = "submit_refund"


@dataclass(frozen=True, kw_only=True)
class RefundRequest:
    """`number` is the refund's own number, the same on every retry; `payment_id` None: the order's first."""

    request_id: UUID
    payment_id: UUID | None
    order_id: UUID
    number: str
    amount_fen: int
    reason: str


async def request_refund(ctx: Payments, request: RefundRequest) -> None:
    """Idempotent per `request_id`. Raises RefundTooLarge if not so much of the payment is left."""
    async with ctx.database.write() as tx:
        if await refunds.find_refund(tx, request.request_id) is not None:
            return
        payment = await _payment_of(tx, request)
        inserted = await refunds.insert_refund(
            tx,
            refund_id=request.request_id,
            payment_id=payment.id,
            order_id=request.order_id,
            number=request.number,
            amount_fen=request.amount_fen,
            reason=request.reason,
        )
        if not inserted:
            return  # the same request, at the same moment
        if not await payments.reserve_refund(tx, payment.id, request.amount_fen):
            raise RefundTooLarge
        booking = Booking(
            kind=refund_kind(request.reason),
            subject_id=request.request_id,
            order_id=request.order_id,
            merchant_id=payment.merchant_id,
            amount_fen=request.amount_fen,
        )
        await ledger.book(tx, booking)
        tx.schedule(JobCall(SUBMIT_REFUND, RefundAttempt(request.request_id, 1).ref, tx.clock.now()))


async def _payment_of(tx: WriteSession, request: RefundRequest) -> Payment:
    """Raises RefundTooLarge if nothing was paid: nothing can go back."""
    found = await payments.list_order_payments(tx, request.order_id)
    paid = [payment for payment in found if payment.status is PaymentStatus.PAID]
    if request.payment_id is not None:
        paid = [payment for payment in paid if payment.id == request.payment_id]
    if not paid or request.amount_fen <= 0:
        raise RefundTooLarge
    return min(paid, key=lambda payment: (payment.paid_at, payment.id))
