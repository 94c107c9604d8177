"""The one way in which a payment becomes paid: callbacks, polls and questions all end here."""

import structlog

from chengtuan.gateways.wechat import Transaction
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.judgement import Outcome, transaction_differences
from chengtuan.modules.payments.domain.notice import Notice
from chengtuan.modules.payments.domain.payment import Payment
from chengtuan.modules.payments.facade import PaymentStatus, PaymentSucceeded
from chengtuan.modules.payments.repository import notices, payments
from chengtuan.modules.payments.repository.payments import Success
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)

CLOSE_OTHERS = "close_other_payments"


async def settle_payment(ctx: Payments, transaction: Transaction, notice: Notice | None = None) -> Outcome:
    """Record that the provider got money, with the notice that said so, in one transaction.

    Money that does not fit our payment is refused, kept as a notice and shouted about, never dropped.
    """
    async with ctx.database.write() as tx:
        payment = await payments.lock_payment(tx, transaction.out_trade_no)
        outcome = _judge(ctx, payment, transaction)
        if payment is not None and outcome is Outcome.APPLIED:
            await _apply(tx, payment, transaction, notice)
        elif notice is not None:
            await notices.record_notice(tx, notice, outcome)
    return outcome


def _judge(ctx: Payments, payment: Payment | None, transaction: Transaction) -> Outcome:
    if payment is None:
        log.error("payment_unmatched", alert=True, out_trade_no=transaction.out_trade_no)
        return Outcome.UNMATCHED
    differences = transaction_differences(payment, transaction, ctx.appids)
    if differences:
        log.error("payment_mismatched", alert=True, payment_id=str(payment.id), differences=differences)
        return Outcome.MISMATCHED
    return Outcome.REPEATED if payment.status is PaymentStatus.PAID else Outcome.APPLIED


async def _apply(tx: WriteSession, payment: Payment, transaction: Transaction, notice: Notice | None) -> None:
    assert transaction.transaction_id is not None, "the gateway refuses a success without its number"
    assert transaction.success_time is not None, "the gateway refuses a success without its time"
    success = Success(transaction.transaction_id, transaction.success_time, transaction.payer_openid)
    others_pending = await payments.settle(tx, payment, success, notice)
    tx.emit(
        PaymentSucceeded(
            payment_id=payment.id,
            order_id=payment.order_id,
            amount_fen=payment.amount_fen,
            paid_at=transaction.success_time,
        )
    )
    if others_pending:
        tx.schedule(JobCall(CLOSE_OTHERS, str(payment.order_id), tx.clock.now()))
    if payment.status is PaymentStatus.CLOSED:
        log.warning("payment_after_close", payment_id=str(payment.id), order_id=str(payment.order_id))
