"""The parcel leaves; its number may have been a mistake."""

from datetime import datetime, timedelta
from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import OrderNotFound, OrderShipped, ParcelCorrected, WrongOrderState
from chengtuan.modules.trade.job_kinds import COMPLETE_ORDER
from chengtuan.modules.trade.orders.events import lines_told
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows.orders import holdings_of
from chengtuan.modules.trade.states import OrderStatus
from chengtuan.modules.trade.stock.moves import end_reservations
from chengtuan.modules.trade.stock.rules import StockEnd
from chengtuan.platform.jobs import JobCall

COMPLETE_AFTER = timedelta(days=10)
"""A shipped order that nobody confirmed counts as received."""


async def mark_shipped(
    ctx: Trade,
    *,
    order_id: UUID,
    merchant_id: UUID,
    carrier_code: str,
    tracking_no: str,
    shipped_at: datetime,
) -> None:
    """Stock leaves the house. Repeating it changes nothing. Raises OrderNotFound, WrongOrderState."""
    async with ctx.database.write() as tx:
        order = (await order_rows.lock_orders(tx, [order_id])).get(order_id)
        if order is None or order.merchant_id != merchant_id:
            raise OrderNotFound
        parcel = (order.carrier_code, order.tracking_no)
        if order.status == OrderStatus.SHIPPED and parcel == (carrier_code, tracking_no):
            return
        if not await order_rows.ship(tx, order_id, carrier_code, tracking_no, shipped_at):
            raise WrongOrderState(order_status=order.status)
        await end_reservations(tx, holdings_of([order]), StockEnd.COMMIT, tx.clock.now())
        tx.schedule(JobCall(COMPLETE_ORDER, str(order_id), tx.clock.now() + COMPLETE_AFTER))
        tx.emit(
            OrderShipped(
                order_id=order.id,
                number=order.number,
                user_id=order.user_id,
                product_name=order.product_name,
                carrier_code=carrier_code,
                tracking_no=tracking_no,
                shipped_at=shipped_at,
                merchant_id=order.merchant_id,
                lines=lines_told(order.lines),
            )
        )


async def correct_parcel(ctx: Trade, *, order_id: UUID, merchant_id: UUID, carrier_code: str, tracking_no: str) -> None:
    """Repeating it changes nothing. Raises OrderNotFound, WrongOrderState."""
    async with ctx.database.write() as tx:
        order = (await order_rows.lock_orders(tx, [order_id])).get(order_id)
        if order is None or order.merchant_id != merchant_id:
            raise OrderNotFound
        if order.tracking_no is None:
            raise WrongOrderState(order_status=order.status)
        if not await order_rows.correct_parcel(tx, order_id, carrier_code, tracking_no):
            return
        tx.emit(
            ParcelCorrected(
                order_id=order.id,
                number=order.number,
                user_id=order.user_id,
                product_name=order.product_name,
                carrier_code=carrier_code,
                tracking_no=tracking_no,
                wrong_no=order.tracking_no,
                corrected_at=tx.clock.now(),
            )
        )
