from datetime import timedelta

import structlog

from chengtuan.gateways.wechat import NotFound, WeChatError
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.moves import hand_to_person
from chengtuan.modules.payments.rows import refunds
from chengtuan.modules.payments.rules.refund import Refund, RefundAttempt, Trouble
from chengtuan.modules.payments.rules.schedule import REFUND_CHECKS, REFUND_CHECKS_EVERY, next_check
from chengtuan.modules.payments.usecases.settle_refund import settle_refund
from chengtuan.platform.jobs import RetryLater

log = structlog.get_logger(__name__)


async def follow_refund(ctx: PaymentsContext, attempt: RefundAttempt) -> None:
    """Ask how an accepted refund goes on until it succeeded. Raises RetryLater until then.

    An abnormal one is asked about as well: once a person has repaired it at the provider, it succeeds here.
    One that the provider closed goes on as the next attempt (see settle_refund).
    """
    refund = await _find(ctx, attempt)
    if refund is None:
        return
    await _ask(ctx, refund)
    if await _find(ctx, attempt) is not None:
        since = refund.submitted_at or refund.planned_at
        raise RetryLater(next_check(since, ctx.clock.now(), REFUND_CHECKS, REFUND_CHECKS_EVERY))


async def _find(ctx: PaymentsContext, attempt: RefundAttempt) -> Refund | None:
    async with ctx.database.read() as db:
        return await refunds.find_open_attempt(db, attempt)


async def _ask(ctx: PaymentsContext, refund: Refund) -> None:
    await ctx.refund_pace.turn()
    try:
        state = await ctx.provider.query_refund(refund.out_refund_no)
    except NotFound as error:
        async with ctx.database.write() as tx:
            await hand_to_person(tx, refund, Trouble.LOST, f"{error.code}: {error.message}")
    except WeChatError as error:
        log.warning("refund_query_postponed", refund_id=str(refund.id), error=repr(error))
        raise RetryLater(timedelta(seconds=30)) from error
    else:
        await settle_refund(ctx, state)
