import structlog

from chengtuan.gateways.wechat import FrequencyLimited, ProviderRefused, ProviderUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.job_kinds import FOLLOW_REFUND
from chengtuan.modules.payments.moves import hand_to_person
from chengtuan.modules.payments.rows import refunds
from chengtuan.modules.payments.rules.refund import Refund, RefundAttempt, Trouble
from chengtuan.modules.payments.rules.refund_limits import PAUSE, limit_reached
from chengtuan.modules.payments.rules.schedule import REFUND_CHECKS, REFUSED_PAUSE
from chengtuan.modules.payments.rules.wording import refund_words
from chengtuan.modules.payments.usecases.settle_refund import settle_refund
from chengtuan.platform.jobs import JobCall, RetryLater, back_off

log = structlog.get_logger(__name__)


async def submit_refund(ctx: PaymentsContext, attempt: RefundAttempt) -> None:
    """Ask the provider to return the money, with the same number until it accepts.

    A definite refusal (an empty balance, a frozen account) makes the refund abnormal and alerts a person,
    and is still tried again every hour: what the person repairs goes through without another click. One
    that the provider's limits exclude for good is left to the person. Raises RetryLater.
    """
    refund = await _find(ctx, attempt)
    if refund is not None and not refund.known_to_provider:
        if not await _may_ask(ctx, refund):
            return
        await _submit(ctx, refund)
        refund = await _find(ctx, attempt)
    if refund is None:
        return  # it succeeded, or the provider closed it and the next attempt is planned
    async with ctx.database.write() as tx:
        tx.schedule(JobCall(FOLLOW_REFUND, attempt.ref, tx.clock.now() + REFUND_CHECKS[0]))


async def _find(ctx: PaymentsContext, attempt: RefundAttempt) -> Refund | None:
    async with ctx.database.read() as db:
        return await refunds.find_open_attempt(db, attempt)


async def _may_ask(ctx: PaymentsContext, refund: Refund) -> bool:
    """Whether the provider takes it: it refuses refunds of one payment that are too many, too late, or too close.

    What is counted is what was asked, not what was answered, under a lock of the payment: of two that are both the
    last that may be, one is. Raises RetryLater.
    """
    async with ctx.database.write() as tx:
        await refunds.lock_payment_of(tx, refund)
        asked = await refunds.count_others_asked(tx, refund)
        trouble = limit_reached(asked=asked, paid_at=refund.paid_at, now=tx.clock.now())
        if trouble is not None:
            words = f"not asked: {asked} refunds, paid at {refund.paid_at.isoformat()}"
            await hand_to_person(tx, refund, trouble, words)
            return False
        free_at = await refunds.claim_turn(tx, refund)
    if free_at is not None:
        raise RetryLater(free_at - ctx.clock.now())
    return True


async def _submit(ctx: PaymentsContext, refund: Refund) -> None:
    await ctx.refund_pace.turn()
    try:
        state = await ctx.provider.refund(
            out_trade_no=refund.out_trade_no,
            out_refund_no=refund.out_refund_no,
            amount_fen=refund.amount_fen,
            total_fen=refund.total_fen,
            reason=refund_words(refund.reason),
        )
    except FrequencyLimited as error:
        await _note(ctx, refund, error)
        raise RetryLater(PAUSE) from error
    except ProviderUnavailable as error:
        await _note(ctx, refund, error)
        raise RetryLater(back_off(refund.attempts)) from error
    except ProviderRefused as error:
        await _give_to_a_person(ctx, refund, error)
        raise RetryLater(REFUSED_PAUSE) from error
    outcome = await settle_refund(ctx, state)
    if not outcome.accepted:
        raise RetryLater(REFUSED_PAUSE)


async def _note(ctx: PaymentsContext, refund: Refund, error: Exception) -> None:
    log.warning("refund_postponed", refund_id=str(refund.id), attempts=refund.attempts, error=repr(error))
    async with ctx.database.write() as tx:
        await refunds.count_attempt(tx, refund.id)
        await refunds.note_error(tx, refund.id, repr(error))


async def _give_to_a_person(ctx: PaymentsContext, refund: Refund, error: ProviderRefused) -> None:
    async with ctx.database.write() as tx:
        await refunds.count_attempt(tx, refund.id)
        await hand_to_person(tx, refund, Trouble.REFUSED, f"{error.code}: {error.message}")
