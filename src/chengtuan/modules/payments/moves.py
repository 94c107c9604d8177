"""What becomes of a refund, inside the transaction that holds its row."""

import structlog

from chengtuan.gateways.wechat import RefundState
from chengtuan.gateways.wechat import RefundStatus as ProviderStatus
from chengtuan.modules.payments.facade import RefundAbnormal, RefundSucceeded
from chengtuan.modules.payments.job_kinds import SUBMIT_REFUND
from chengtuan.modules.payments.rows import ledger, refunds
from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.ledger import Booking, Kind
from chengtuan.modules.payments.rules.refund import (
    MOST_SEQUENCES,
    Refund,
    RefundAttempt,
    Trouble,
)
from chengtuan.modules.payments.rules.schedule import REFUSED_PAUSE
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def apply_refund_state(tx: WriteSession, refund: Refund, state: RefundState) -> Outcome:
    """What the provider says of a refund that is locked and not over."""
    if state.status is ProviderStatus.SUCCESS:
        await _succeed(tx, refund, state)
        return Outcome.APPLIED
    if state.status is ProviderStatus.PROCESSING:
        await refunds.accept_refund(tx, refund.id, state.refund_id)
        return Outcome.APPLIED
    closed = state.status is ProviderStatus.CLOSED
    trouble = Trouble.CLOSED if closed else Trouble.FAILED
    outcome = await hand_to_person(tx, refund, trouble, state.status.value, state.refund_id)
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


async def hand_to_person(
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
