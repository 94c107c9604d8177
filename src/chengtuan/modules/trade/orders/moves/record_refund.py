"""A refund's money is back: the order knows it, and the shopper hears of it."""

from chengtuan.modules.payments.facade import RefundSucceeded
from chengtuan.modules.trade.facade import RefundCompleted
from chengtuan.modules.trade.orders.events import refunded_event
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.refunds import rows as refund_rows
from chengtuan.modules.trade.topics import announce_groups
from chengtuan.platform.database import WriteSession


async def record_refund_success(tx: WriteSession, event: RefundSucceeded) -> None:
    """The money is back; the shopper hears of it, once."""
    order = (await order_rows.lock_orders(tx, [event.subject_id]))[event.subject_id]
    refund = await refund_rows.find_refund(tx, event.refund_id)
    if refund is None:
        return
    back = await refund_rows.mark_succeeded(tx, event.refund_id, event.succeeded_at)
    if not back.done:
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
    if back.all_of_it:
        tx.emit(refunded_event(order, event.succeeded_at))
    if order.group_id is not None:
        announce_groups(tx, [order.group_id])
