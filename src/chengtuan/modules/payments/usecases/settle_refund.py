"""The one way in which a refund's outcome is recorded: answers, polls and callbacks all end here."""

import structlog

from chengtuan.gateways.wechat import RefundState
from chengtuan.gateways.wechat import RefundStatus as ProviderStatus
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.facade import RefundAbnormal, RefundSucceeded
from chengtuan.modules.payments.rows import ledger, notices, refunds
from chengtuan.modules.payments.rules.judgement import Outcome, refund_differences
from chengtuan.modules.payments.rules.ledger import Booking, Kind
from chengtuan.modules.payments.rules.notice import Notice
from chengtuan.modules.payments.rules.refund import (
    MOST_SEQUENCES,
    Refund,
    RefundAttempt,
    RefundStatus,
    Trouble,
    number_of,
)
from chengtuan.modules.payments.rules.schedule import REFUSED_PAUSE
from chengtuan.modules.payments.usecases.request_refund import SUBMIT_REFUND
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def settle_refund(ctx: Payments, state: RefundState, notice: Notice | None = None) -> Outcome:
    """Record what the provider says about a refund, with the notice that said so, in one transaction."""
    async with ctx.database.write() as tx:
        refund = await refunds.lock_refund(tx, number_of(state.out_refund_no))
        outcome = _judge(refund, state)
        if refund is not None and outcome is Outcome.APPLIED:
            outcome = await _checked_number(tx, refund, state)
        if refund is not None and outcome.accepted:
            await refunds.note_request(tx, refund, state.out_refund_no, state.created_at)
        if refund is not None and outcome is Outcome.APPLIED:
            outcome = await _apply(tx, refund, state)
        if notice is not None:
            await notices.record_notice(tx, notice, outcome)
    return outcome


def _judge(refund: Refund | None, state: RefundState) -> Outcome:
    if refund is None:
        log.error("refund_unmatched", alert=True, number=state.out_refund_no)
        return Outcome.UNMATCHED
    if state.out_refund_no != refund.out_refund_no:
        return Outcome.IGNORED  # about a request that the provider closed; we have made another since
    differences = refund_differences(refund, state)
    if differences:
        log.error("refund_mismatched", alert=True, refund_id=str(refund.id), differences=differences)
        return Outcome.MISMATCHED
    return Outcome.REPEATED if refund.status is RefundStatus.SUCCEEDED else Outcome.APPLIED


async def _checked_number(tx: WriteSession, refund: Refund, state: RefundState) -> Outcome:
    """The provider's own number stands for one refund."""
    if not await refunds.is_number_of_another(tx, refund.id, state.refund_id):
        return Outcome.APPLIED
    log.error("refund_mismatched", alert=True, refund_id=str(refund.id), provider_refund_id=state.refund_id)
    return Outcome.MISMATCHED


async def _apply(tx: WriteSession, refund: Refund, state: RefundState) -> Outcome:
    if state.status is ProviderStatus.SUCCESS:
        await _succeed(tx, refund, state)
        return Outcome.APPLIED
    if state.status is ProviderStatus.PROCESSING:
        await refunds.accept_refund(tx, refund.id, state.refund_id)
        return Outcome.APPLIED
    closed = state.status is ProviderStatus.CLOSED
    outcome = await fail(tx, refund, Trouble.CLOSED if closed else Trouble.FAILED, state.status.value, state.refund_id)
    if closed and refund.sequence < MOST_SEQUENCES:
        await refunds.renew_refund(tx, refund.id)
        following = RefundAttempt(refund.id, refund.sequence + 1)
        tx.schedule(JobCall(SUBMIT_REFUND, following.ref, tx.clock.now() + REFUSED_PAUSE))
    return outcome


async def _succeed(tx: WriteSession, refund: Refund, state: RefundState) -> None:
    succeeded_at = state.success_time or tx.clock.now()
    await refunds.succeed_refund(tx, refund, provider_refund_id=state.refund_id, succeeded_at=succeeded_at)
    booking = Booking(
        kind=Kind.REFUND_SUCCEEDED,
        fact_id=refund.id,
        purpose=refund.purpose,
        subject_id=refund.subject_id,
        merchant_id=refund.merchant_id,
        amount_fen=refund.amount_fen,
    )
    await ledger.book(tx, booking)
    tx.emit(
        RefundSucceeded(
            refund_id=refund.id,
            purpose=refund.purpose,
            subject_id=refund.subject_id,
            amount_fen=refund.amount_fen,
            succeeded_at=succeeded_at,
        )
    )


async def fail(
    tx: WriteSession, refund: Refund, trouble: Trouble, words: str, provider_refund_id: str | None = None
) -> Outcome:
    """Hand a refund to a person, once per cause: alert, event, and the money stays booked as in transit.

    `words` are the provider's own code and message where it gave any.
    """
    if not await refunds.fail_refund(tx, refund.id, trouble, provider_refund_id=provider_refund_id, error=words):
        return Outcome.REPEATED
    log.error("refund_abnormal", alert=True, number=refund.number, trouble=trouble.value, reason=words)
    tx.emit(
        RefundAbnormal(
            refund_id=refund.id,
            purpose=refund.purpose,
            subject_id=refund.subject_id,
            trouble=trouble.value,
            reason=words,
        )
    )
    return Outcome.APPLIED
