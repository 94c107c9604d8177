"""Ask the provider about one payment, or close it there; apply what it says."""

import structlog

from chengtuan.gateways.wechat import (
    AlreadyPaid,
    NotFound,
    PaymentInProgress,
    TradeState,
    Transaction,
    WeChatError,
)
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.payments.rows import payments
from chengtuan.modules.payments.rules.payment import Payment
from chengtuan.modules.payments.usecases.settle_payment import settle_payment

log = structlog.get_logger(__name__)


async def refresh_payment(ctx: PaymentsContext, payment: Payment) -> PaymentStatus:
    """How a payment stands at the provider now. Raises PartnerUnavailable if that is not certain."""
    try:
        found = await ctx.provider.query_by_out_trade_no(payment.out_trade_no)
    except NotFound:
        return PaymentStatus.PENDING  # our order has not reached the provider, or not yet
    except WeChatError as error:
        raise PartnerUnavailable(f"query of a payment: {error}") from error
    if found.paid:
        return await _accept(ctx, found)
    if found.state in (TradeState.CLOSED, TradeState.REVOKED):
        return await _mark_closed(ctx, payment)
    return PaymentStatus.PENDING


async def close_payment(ctx: PaymentsContext, payment: Payment) -> PaymentStatus:
    """Make a payment unpayable: CLOSED, or PAID if the money was faster.

    Raises PartnerUnavailable if the payer is just typing the password, or nobody answers.
    """
    try:
        await ctx.provider.close(payment.out_trade_no)
    except AlreadyPaid as error:
        if await refresh_payment(ctx, payment) is PaymentStatus.PAID:
            return PaymentStatus.PAID
        raise PartnerUnavailable("the provider contradicts itself about a payment") from error
    except PaymentInProgress as error:
        raise PartnerUnavailable("the payer is just paying") from error
    except NotFound:
        # open_payment closes again at the provider if its order should still be on its way there
        log.info("payment_never_announced", payment_id=str(payment.id))
    except WeChatError as error:
        raise PartnerUnavailable(f"close of a payment: {error}") from error
    return await _mark_closed(ctx, payment)


async def _accept(ctx: PaymentsContext, found: Transaction) -> PaymentStatus:
    outcome = await settle_payment(ctx, found)
    if not outcome.accepted:
        raise PartnerUnavailable("the provider reports money that does not fit; a person has to look")
    return PaymentStatus.PAID


async def _mark_closed(ctx: PaymentsContext, payment: Payment) -> PaymentStatus:
    async with ctx.database.write() as tx:
        if await payments.close_payment(tx, payment.id):
            return PaymentStatus.CLOSED
        now_known = await payments.lock_payment(tx, payment.out_trade_no)
    assert now_known is not None, "payments are never deleted"
    return now_known.status
