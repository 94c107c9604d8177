"""Parcels leave, the last one ships the order; the number of one may have been a mistake."""

from datetime import timedelta
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import (
    FewerPiecesLeft,
    Label,
    NewParcel,
    OrderNotFound,
    OrderShipped,
    ParcelCorrected,
    ParcelSent,
    SentParcel,
    WrongOrderState,
)
from chengtuan.modules.trade.job_kinds import COMPLETE_ORDER
from chengtuan.modules.trade.orders.events import lines_told
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.orders.rows import parcels as parcel_rows
from chengtuan.modules.trade.orders.rows.orders import OrderRow
from chengtuan.modules.trade.orders.rules.parcels import in_parcels, pieces_to_send
from chengtuan.modules.trade.orders.rules.title import title_of
from chengtuan.modules.trade.states import ORDER, OrderAction
from chengtuan.modules.trade.stock.moves import ship
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

COMPLETE_AFTER = timedelta(days=10)
"""A shipped order that nobody confirmed counts as received."""


async def send_parcel(ctx: TradeContext, *, parcel: NewParcel) -> SentParcel:
    """Its pieces leave the house. Repeating it changes nothing.

    Raises OrderNotFound, WrongOrderState, FewerPiecesLeft, TooManyParcels.
    """
    async with ctx.database.write() as tx:
        order = await _locked(tx, parcel.order_id, parcel.merchant_id)
        for known in await _parcels_of(tx, order):
            if known.parcel_id == parcel.parcel_id:
                return known
        if order.status not in ORDER.sources(OrderAction.SHIP):
            raise WrongOrderState(order_status=order.status)
        return await _send(tx, order, parcel)


async def _locked(tx: WriteSession, order_id: UUID, merchant_id: UUID) -> OrderRow:
    order = (await order_rows.lock_orders(tx, [order_id])).get(order_id)
    if order is None or order.merchant_id != merchant_id:
        raise OrderNotFound
    return order


async def _parcels_of(tx: WriteSession, order: OrderRow) -> list[SentParcel]:
    return in_parcels(await parcel_rows.sent_lines(tx, order.id), order.quantity)


async def _send(tx: WriteSession, order: OrderRow, parcel: NewParcel) -> SentParcel:
    pieces = pieces_to_send(order.lines, parcel.lines, parcels=order.parcels)
    left = order.left - sum(piece.quantity for piece in pieces)
    if not await parcel_rows.count_sent(tx, order.id, pieces):
        raise FewerPiecesLeft(line=pieces[0].line, left=0)
    nth = await parcel_rows.add_parcel(tx, order.id, parcel.sent_at, last=left == 0)
    if nth is None:
        raise WrongOrderState(order_status=order.status)
    await parcel_rows.keep_label(tx, order.id, parcel.parcel_id, Label(parcel.carrier_code, parcel.tracking_no))
    skus = {line.line: line.sku_id for line in order.lines}
    holdings = [Holding(order.id, piece.line, skus[piece.line], piece.quantity, None) for piece in pieces]
    await ship(tx, parcel.parcel_id, holdings, parcel.sent_at)
    sent = SentParcel(parcel_id=parcel.parcel_id, nth=nth, lines=pieces, left=left, sent_at=parcel.sent_at)
    tx.emit(_sent_event(order, parcel, sent))
    if left == 0:
        tx.schedule(JobCall(COMPLETE_ORDER, str(order.id), tx.clock.now() + COMPLETE_AFTER))
        tx.emit(_shipped_event(order, parcel, await _parcels_of(tx, order)))
    return sent


def _sent_event(order: OrderRow, parcel: NewParcel, sent: SentParcel) -> ParcelSent:
    names = {line.line: line.product_name for line in order.lines}
    return ParcelSent(
        order_id=order.id,
        number=order.number,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        product_name=order.product_name,
        carrier_code=parcel.carrier_code,
        tracking_no=parcel.tracking_no,
        pieces=order.quantity,
        parcel=sent,
        contents=title_of([names[piece.line] for piece in sent.lines]),
    )


def _shipped_event(order: OrderRow, last: NewParcel, parcels: list[SentParcel]) -> OrderShipped:
    return OrderShipped(
        order_id=order.id,
        number=order.number,
        user_id=order.user_id,
        product_name=order.product_name,
        carrier_code=last.carrier_code,
        tracking_no=last.tracking_no,
        shipped_at=last.sent_at,
        merchant_id=order.merchant_id,
        lines=lines_told(order.lines),
        parcels=parcels,
    )


async def correct_parcel(
    ctx: TradeContext, *, order_id: UUID, merchant_id: UUID, parcel_id: UUID, carrier_code: str, tracking_no: str
) -> None:
    """Repeating it changes nothing. Raises OrderNotFound, WrongOrderState."""
    async with ctx.database.write() as tx:
        order = await _locked(tx, order_id, merchant_id)
        wrong = await parcel_rows.find_label(tx, order_id, parcel_id)
        if wrong is None:
            raise WrongOrderState(order_status=order.status)
        right = Label(carrier_code, tracking_no)
        if wrong == right:
            return
        await parcel_rows.keep_label(tx, order_id, parcel_id, right)
        tx.emit(
            ParcelCorrected(
                order_id=order.id,
                number=order.number,
                user_id=order.user_id,
                product_name=order.product_name,
                carrier_code=carrier_code,
                tracking_no=tracking_no,
                wrong_no=wrong.tracking_no,
                corrected_at=tx.clock.now(),
                parcel_id=parcel_id,
            )
        )
