"""Planned refunds are handed to payments; what becomes of them comes back as events."""

from uuid import UUID

from chengtuan.modules.payments.facade import RefundAbnormal, RefundSucceeded
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import RefundCompleted
from chengtuan.modules.trade.repository import orders as order_rows
from chengtuan.modules.trade.repository import refunds as refund_rows
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job


async def submit_refund(ctx: Trade, job: Job) -> None:
    """Idempotent: payments knows the refund by its id."""
    async with ctx.database.read() as db:
        refund = await refund_rows.find_refund(db, UUID(job.ref))
    if refund is None:
        return
    await ctx.payments.request_refund(
        request_id=refund.id,
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        number=refund.number,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
    )
    async with ctx.database.write() as tx:
        await refund_rows.mark_submitted(tx, refund.id, tx.clock.now())


async def record_refund_success(ctx: Trade, tx: WriteSession, event: RefundSucceeded) -> None:
    """The money is back; the shopper hears of it. A refund of something else than an order is not ours."""
    order = (await order_rows.lock_orders(tx, [event.order_id])).get(event.order_id)
    refund = await refund_rows.find_refund(tx, event.refund_id)
    if order is None or refund is None or not await refund_rows.mark_succeeded(tx, event.refund_id, event.succeeded_at):
        return
    tx.emit(
        RefundCompleted(
            refund_id=refund.id,
            order_id=order.id,
            user_id=order.user_id,
            product_name=order.product_name,
            amount_fen=refund.amount_fen,
            reason=refund.reason,
            completed_at=event.succeeded_at,
        )
    )
    if order.group_id is not None:
        ctx.announce(tx, [order.group_id])


async def record_refund_trouble(tx: WriteSession, event: RefundAbnormal) -> None:
    """A person has to look; the console's queue shows it."""
    await refund_rows.mark_abnormal(tx, event.refund_id, event.trouble, event.reason)
