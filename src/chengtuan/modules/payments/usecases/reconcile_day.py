"""Compare a day with the provider's bill; what the provider can settle is settled, the rest is for a person."""

import asyncio
from datetime import date, timedelta

import structlog

from chengtuan.gateways.wechat import (
    EMPTY_BILL,
    BillDamaged,
    BillNotReady,
    BillRowKind,
    NoBill,
    ProviderRefused,
    ProviderUnavailable,
    TradeBill,
    WeChatError,
)
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.problems import BillDayNotOver
from chengtuan.modules.payments.rows import payments, reconciliations
from chengtuan.modules.payments.rows.books import list_untold_acceptances, read_books
from chengtuan.modules.payments.rows.reconciliations import Figures
from chengtuan.modules.payments.rules.bill_days import ReconciliationStatus, bounds, is_over, is_too_old
from chengtuan.modules.payments.rules.reconciliation import Books, DifferenceKind, Finding, compare, number_of_row
from chengtuan.modules.payments.usecases.refresh_payment import refresh_payment
from chengtuan.modules.payments.usecases.settle_refund import settle_refund

log = structlog.get_logger(__name__)

_PATIENCE = timedelta(hours=24)
"""After a day's end; then a bill that is still missing is somebody's business."""


async def reconcile_day(ctx: PaymentsContext, day: date) -> None:
    """Idempotent: the same books and the same bill leave the same rows. Raises BillDayNotOver."""
    if not is_over(day, ctx.clock.now()):
        raise BillDayNotOver
    try:
        bill = await _fetch(ctx, day)
    except BillDamaged as error:
        await _keep_damage(ctx, day, str(error))
        return
    except (BillNotReady, ProviderUnavailable) as error:
        await _keep_trouble(ctx, day, ReconciliationStatus.WAITING, str(error))
        return
    except ProviderRefused as error:
        await _keep_trouble(ctx, day, ReconciliationStatus.FAILED, str(error))
        return
    await _compare(ctx, day, bill)


async def _fetch(ctx: PaymentsContext, day: date) -> TradeBill:
    if is_too_old(day, ctx.clock.now()):
        raise ProviderRefused(400, "TOO_OLD", "the provider keeps bills for three months")
    try:
        return await ctx.provider.trade_bill(day)
    except NoBill:
        return EMPTY_BILL


async def _compare(ctx: PaymentsContext, day: date, bill: TradeBill) -> None:
    await _learn_acceptances(ctx, day)
    books = await _books(ctx, day, bill)
    first = findings = await _findings(bill, books)
    if asked := [finding for finding in first if finding.ask]:
        for finding in asked:
            await _ask(ctx, finding)
        books = await _books(ctx, day, bill)
        findings = await _findings(bill, books)
    still = {finding.key for finding in findings}
    repaired = [finding for finding in first if finding.key not in still]
    async with ctx.database.write() as tx:
        await reconciliations.keep_figures(tx, day, _figures(bill, books))
        await reconciliations.keep_findings(tx, day, findings)
        await reconciliations.resolve_others(tx, day, findings)
        await reconciliations.keep_findings(tx, day, repaired, repaired=True)
        opened = await reconciliations.judge(tx, day)
    if opened:
        kinds = sorted({finding.kind.value for finding in findings})
        log.error("reconciliation_differences", alert=True, bill_date=day.isoformat(), open=opened, kinds=kinds)


async def _learn_acceptances(ctx: PaymentsContext, day: date) -> None:
    """Of refunds that a callback told us of: it does not say when the provider accepted them."""
    async with ctx.database.read() as db:
        untold = await list_untold_acceptances(db, day)
    for number in untold:
        await _ask_about_refund(ctx, number)


async def _findings(bill: TradeBill, books: Books) -> list[Finding]:
    """In a thread: a hundred thousand rows take a second, and others want to be served."""
    return await asyncio.to_thread(compare, bill, books)


async def _books(ctx: PaymentsContext, day: date, bill: TradeBill) -> Books:
    paid = [number_of_row(row) for row in bill.rows if row.kind is BillRowKind.PAYMENT]
    returned = [number_of_row(row) for row in bill.rows if row.kind is BillRowKind.REFUND]
    async with ctx.database.read() as db:
        return await read_books(db, day, paid, returned)


def _figures(bill: TradeBill, books: Books) -> Figures:
    there = bill.counted
    payments_there = sum(row.kind is BillRowKind.PAYMENT for row in bill.rows)
    return Figures(
        payments_here=len(books.days_payments),
        payments_there=payments_there,
        paid_here_fen=sum(payment.amount_fen for payment in books.days_payments),
        paid_there_fen=there.paid_fen,
        refunds_here=len(books.days_refunds),
        refunds_there=there.rows - payments_there,
        refunded_here_fen=sum(refund.amount_fen for refund in books.days_refunds),
        refunded_there_fen=there.refunded_fen,
        fees_fen=(there.fee_milli_fen + 500) // 1000,
    )


async def _ask(ctx: PaymentsContext, finding: Finding) -> None:
    """The normal path, as if a callback had come. What the provider does not settle stays open."""
    if finding.kind is not DifferenceKind.PAYMENT_PENDING_HERE:
        await _ask_about_refund(ctx, finding.number)
        return
    async with ctx.database.read() as db:
        payment = await payments.find_payment_by_number(db, finding.number)
    assert payment is not None, "the finding is about a payment of ours"
    try:
        await refresh_payment(ctx, payment)
    except PartnerUnavailable as error:
        log.warning("reconciliation_question_unanswered", number=finding.number, error=str(error))


async def _ask_about_refund(ctx: PaymentsContext, out_refund_no: str) -> None:
    await ctx.refund_pace.turn()
    try:
        await settle_refund(ctx, await ctx.provider.query_refund(out_refund_no))
    except WeChatError as error:
        log.warning("reconciliation_question_unanswered", number=out_refund_no, error=str(error))


async def _keep_trouble(ctx: PaymentsContext, day: date, status: ReconciliationStatus, trouble: str) -> None:
    async with ctx.database.write() as tx:
        await reconciliations.keep_trouble(tx, day, status, trouble)
    late = status is ReconciliationStatus.FAILED or ctx.clock.now() >= bounds(day)[1] + _PATIENCE
    write = log.error if late else log.warning
    write("reconciliation_postponed", alert=late, bill_date=day.isoformat(), trouble=trouble)


async def _keep_damage(ctx: PaymentsContext, day: date, trouble: str) -> None:
    await _keep_trouble(ctx, day, ReconciliationStatus.FAILED, trouble)
    async with ctx.database.write() as tx:
        await reconciliations.keep_findings(tx, day, [Finding(kind=DifferenceKind.BILL_DAMAGED, number="")])
