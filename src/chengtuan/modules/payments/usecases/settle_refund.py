"""The one way in which a refund's outcome is recorded: answers, polls and callbacks all end here."""

import structlog

from chengtuan.gateways.wechat import RefundState
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.moves import apply_refund_state
from chengtuan.modules.payments.rows import notices, refunds
from chengtuan.modules.payments.rules.judgement import Outcome, refund_differences
from chengtuan.modules.payments.rules.notice import Notice
from chengtuan.modules.payments.rules.refund import (
    Refund,
    RefundStatus,
    number_of,
)
from chengtuan.platform.database import WriteSession

log = structlog.get_logger(__name__)


async def settle_refund(ctx: PaymentsContext, state: RefundState, notice: Notice | None = None) -> Outcome:
    """Record what the provider says about a refund, with the notice that said so, in one transaction."""
    async with ctx.database.write() as tx:
        refund = await refunds.lock_refund(tx, number_of(state.out_refund_no))
        outcome = _judge(refund, state)
        if refund is not None and outcome is Outcome.APPLIED:
            outcome = await _checked_number(tx, refund, state)
        if refund is not None and outcome.accepted:
            await refunds.note_request(tx, refund, state.out_refund_no, state.created_at)
        if refund is not None and outcome is Outcome.APPLIED:
            outcome = await apply_refund_state(tx, refund, state)
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
