"""Let something be paid through a channel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from chengtuan.gateways.wechat import AlreadyPaid, OrderClosed, OrderRequest, WeChatError
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import PartnerUnavailable, Problem
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import (
    HandOver,
    PaymentNotOpen,
    PaymentRequest,
    PaymentStatus,
    WeChatInvocation,
)
from chengtuan.modules.payments.job_kinds import POLL
from chengtuan.modules.payments.rows import payments, rush
from chengtuan.modules.payments.rows.sealing import opened, sealed
from chengtuan.modules.payments.rules.payment import Channel, Opening, Payment, out_trade_no_of
from chengtuan.modules.payments.rules.returns import leads_home
from chengtuan.modules.payments.rules.schedule import next_payment_check
from chengtuan.modules.payments.usecases.refresh_payment import close_payment, refresh_payment
from chengtuan.platform.combiner import LOCK_S
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


async def open_payment(ctx: PaymentsContext, request: PaymentRequest) -> HandOver:
    """The same payment, and while it is valid the same hand-over, however often it is asked for.

    Our row comes first and the provider second, so that no order exists there that we do not watch.
    Raises PaymentNotOpen, PartnerUnavailable.
    """
    payment = await _keep_payment(ctx, request)
    ticket = payment.valid_ticket(ctx.clock.now())
    if ticket is None:
        ticket = await _announce(ctx, payment, request.client_ip)
        await _keep_ticket(ctx, payment, ticket)
    return _hand_over(ctx, payment, ticket, request.return_url)


async def _keep_payment(ctx: PaymentsContext, request: PaymentRequest) -> Payment:
    now = ctx.clock.now()
    if request.expires_at <= now:
        raise PaymentNotOpen("the time to pay is over")
    fresh = _fresh_payment(request, now)
    return await ctx.openings.submit(Opening(request, fresh))


async def keep_payments(ctx: PaymentsContext, batch: Sequence[Opening]) -> list[Payment | Problem]:
    """Our rows of payments that are opened at the same time, in one transaction; or those that are open already."""
    async with ctx.database.write(lock_s=LOCK_S) as tx:
        fresh_ones = [replace(opening, fresh=sealed(ctx.keys, opening.fresh)) for opening in batch]
        inserted = await rush.insert_payments(tx, fresh_ones)
        kept: list[Payment | Problem] = []
        for opening in batch:
            fresh = opening.fresh
            if fresh.id in inserted:
                check = fresh.created_at + next_payment_check(fresh.created_at, fresh.expires_at, fresh.created_at)
                tx.schedule(JobCall(POLL, str(fresh.id), check))
                kept.append(fresh)
            else:
                found = await payments.list_payments(tx, opening.request.payable)
                kept.append(_reusable([opened(ctx.keys, payment) for payment in found], opening.request))
    return kept


def _fresh_payment(request: PaymentRequest, now: datetime) -> Payment:
    payment_id, channel = new_id(), Channel(request.channel)
    return Payment(
        id=payment_id,
        payable_id=new_id(),
        user_id=request.user_id,
        request_id=request.request_id,
        channel=channel,
        out_trade_no=out_trade_no_of(payment_id),
        amount_fen=request.amount_fen,
        description=request.description,
        status=PaymentStatus.PENDING,
        payer_openid=request.payer_openid if channel is Channel.JSAPI else None,
        ticket=None,
        ticket_at=None,
        transaction_id=None,
        paid_at=None,
        expires_at=request.expires_at,
        created_at=now,
    )


def _reusable(existing: list[Payment], request: PaymentRequest) -> Payment | PaymentNotOpen:
    """What is open already in this channel, or why nothing is."""
    if any(payment.status is PaymentStatus.PAID for payment in existing):
        return PaymentNotOpen("it is paid")
    for payment in existing:
        if payment.pending and payment.channel == request.channel:
            if payment.amount_fen != request.amount_fen:
                return PaymentNotOpen("it is being paid with another amount")
            if payment.channel is Channel.JSAPI and payment.payer_openid != request.payer_openid:
                return PaymentNotOpen("somebody else is paying it")
            return payment
    return PaymentNotOpen()


async def _announce(ctx: PaymentsContext, payment: Payment, client_ip: str) -> str:
    """Tell the provider; its prepay_id or cashier URL. Repeating it is safe: the number is the same."""
    order = OrderRequest(
        out_trade_no=payment.out_trade_no,
        description=payment.description,
        amount_fen=payment.amount_fen,
        time_expire=payment.provider_expiry,
        openid=payment.payer_openid,
        client_ip=client_ip,
    )
    call = ctx.provider.jsapi_order if payment.channel is Channel.JSAPI else ctx.provider.h5_order
    try:
        return await call(order)
    except (AlreadyPaid, OrderClosed) as error:
        await refresh_payment(ctx, payment)
        raise PaymentNotOpen from error
    except WeChatError as error:
        log.warning("payment_not_announced", payment_id=str(payment.id), error=repr(error))
        raise PartnerUnavailable("the payment provider did not take the order") from error


async def _keep_ticket(ctx: PaymentsContext, payment: Payment, ticket: str) -> None:
    if not await ctx.tickets.submit((payment.id, ticket)):
        # closed while the announcement was under way: then the provider must not take money either
        await close_payment(ctx, payment)
        raise PaymentNotOpen


async def keep_tickets(ctx: PaymentsContext, batch: Sequence[tuple[UUID, str]]) -> list[bool]:
    """Whether each was kept: not if its payment was closed or paid meanwhile."""
    async with ctx.database.write(lock_s=LOCK_S) as tx:
        kept = await rush.keep_tickets(tx, batch)
    return [payment_id in kept for payment_id, _ in batch]


def _hand_over(ctx: PaymentsContext, payment: Payment, ticket: str, return_url: str | None) -> HandOver:
    redirect_url, jsapi = None, None
    if return_url and not leads_home(return_url, ctx.own_origins):
        log.warning("return_address_left_out", payment_id=str(payment.id))
        return_url = None
    if payment.channel is Channel.JSAPI:
        jsapi = WeChatInvocation(**ctx.provider.jsapi_invocation(ticket).as_dict())
    else:
        redirect_url = ctx.provider.h5_cashier_url(ticket, return_url) if return_url else ticket
    return HandOver(
        channel=payment.channel.value, redirect_url=redirect_url, jsapi=jsapi, expires_at=payment.expires_at
    )
