"""The one way in which a payment becomes paid: callbacks, polls and questions all end here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from chengtuan.gateways.wechat import Transaction
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import PaymentStatus, PaymentSucceeded
from chengtuan.modules.payments.job_kinds import CLOSE_OTHERS
from chengtuan.modules.payments.rows import notices, rush
from chengtuan.modules.payments.rows.rush import Success
from chengtuan.modules.payments.rows.sealing import opened, seal_payer
from chengtuan.modules.payments.rules.judgement import Outcome, transaction_differences
from chengtuan.modules.payments.rules.notice import Notice, Settlement
from chengtuan.modules.payments.rules.payment import Payment
from chengtuan.platform.combiner import LOCK_S
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def settle_payment(ctx: PaymentsContext, transaction: Transaction, notice: Notice | None = None) -> Outcome:
    """Record that the provider got money, with the notice that said so; the answer follows the commit.

    Money that does not fit our payment is refused, kept as a notice and shouted about, never dropped.
    Raises Overloaded.
    """
    return await ctx.settlements.submit(Settlement(transaction, notice))


async def settle_payments(ctx: PaymentsContext, batch: Sequence[Settlement]) -> list[Outcome]:
    """What came while a commit was under way, in one transaction: each judged after those before it."""
    async with ctx.database.write(lock_s=LOCK_S) as tx:
        known, owners = await rush.lock_payments(
            tx,
            [each.transaction.out_trade_no for each in batch],
            [each.transaction.transaction_id for each in batch if each.transaction.transaction_id],
        )
        known = {number: opened(ctx.keys, payment) for number, payment in known.items()}
        outcomes: list[Outcome] = []
        applied: list[tuple[Payment, Settlement]] = []
        for each in batch:
            payment = known.get(each.transaction.out_trade_no)
            outcomes.append(_judge(ctx, payment, each.transaction, owners))
            if payment is not None and outcomes[-1] is Outcome.APPLIED:
                applied.append((payment, each))
                known[payment.out_trade_no] = _as_paid(payment, each.transaction)
                owners[_transaction_id(each.transaction)] = payment.out_trade_no
        if applied:
            await _apply(ctx, tx, applied)
        await _keep_others(tx, batch, outcomes)
    return outcomes


def _judge(
    ctx: PaymentsContext, payment: Payment | None, transaction: Transaction, owners: Mapping[str, str]
) -> Outcome:
    if payment is None:
        log.error("payment_unmatched", alert=True, out_trade_no=transaction.out_trade_no)
        return Outcome.UNMATCHED
    differences = transaction_differences(payment, transaction, ctx.appids)
    owner = owners.get(transaction.transaction_id or "", payment.out_trade_no)
    if owner != payment.out_trade_no:
        differences["transaction_id"] = f"it has paid for {owner}"
    if differences:
        log.error("payment_mismatched", alert=True, payment_id=str(payment.id), differences=differences)
        return Outcome.MISMATCHED
    return Outcome.REPEATED if payment.status is PaymentStatus.PAID else Outcome.APPLIED


def _as_paid(payment: Payment, transaction: Transaction) -> Payment:
    """As the next one of this batch finds it."""
    return replace(payment, status=PaymentStatus.PAID, transaction_id=transaction.transaction_id)


async def _apply(ctx: PaymentsContext, tx: WriteSession, applied: Sequence[tuple[Payment, Settlement]]) -> None:
    settled = [(payment, _success(ctx, each.transaction), each.notice) for payment, each in applied]
    paid_at = {payment.id: success.paid_at for payment, success, _ in settled}
    for share in await rush.settle_payments(tx, settled):
        tx.emit(
            PaymentSucceeded(
                payment_id=share.payment_id,
                purpose=share.purpose,
                subject_id=share.subject_id,
                instalment=share.instalment,
                amount_fen=share.amount_fen,
                paid_at=paid_at[share.payment_id],
            )
        )
        if share.others_pending:
            tx.schedule(JobCall(CLOSE_OTHERS, str(share.payable_id), tx.clock.now()))
    for payment, _ in applied:
        if payment.status is PaymentStatus.CLOSED:
            log.warning("payment_after_close", payment_id=str(payment.id))


def _transaction_id(transaction: Transaction) -> str:
    assert transaction.transaction_id is not None, "the gateway refuses a success without its number"
    return transaction.transaction_id


def _success(ctx: PaymentsContext, transaction: Transaction) -> Success:
    assert transaction.success_time is not None, "the gateway refuses a success without its time"
    payer = seal_payer(ctx.keys, transaction.payer_openid)
    return Success(_transaction_id(transaction), transaction.success_time, payer)


async def _keep_others(tx: WriteSession, batch: Sequence[Settlement], outcomes: Sequence[Outcome]) -> None:
    """The notices that changed nothing, in the order of their numbers: two batches must not wait for each other."""
    others = [
        (each.notice, outcome)
        for each, outcome in zip(batch, outcomes, strict=True)
        if each.notice is not None and outcome is not Outcome.APPLIED
    ]
    for notice, outcome in sorted(others, key=lambda other: other[0].notice_id):
        await notices.record_notice(tx, notice, outcome)
