"""A parcel is handed over: its number is claimed, trade decides what goes, and we keep what went."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.moves import keep_parcel, parcel_with_number
from chengtuan.modules.fulfilment.problems import (
    BadTrackingNo,
    NotShippable,
    NumberSent,
    UnknownCarrier,
)
from chengtuan.modules.fulfilment.rows import numbers
from chengtuan.modules.fulfilment.rows.shipments import Shipment
from chengtuan.modules.fulfilment.rules.carriers import CARRIERS, normalise_tracking_no
from chengtuan.modules.fulfilment.usecases.read_parcels import TrackedParcel, find_by_number, read_parcel
from chengtuan.modules.trade.facade import (
    FewerPiecesLeft,
    Label,
    NewParcel,
    OrderNotFound,
    OrderSnapshot,
    ParcelLine,
    SentParcel,
    TooManyParcels,
    WrongOrderState,
)
from chengtuan.platform.permissions import OneMerchant

_CAN_GO = ("to_ship", "shipped")
"""Trade decides; a parcel that trade knows and we do not yet is a repetition."""


async def send_parcel(
    ctx: FulfilmentContext,
    *,
    order_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    carrier_code: str,
    entered: str,
    lines: Sequence[ParcelLine] | None = None,
    together: bool = False,
) -> TrackedParcel:
    """The merchant hands a parcel over, with these pieces or with all that are left.

    The same label again is the same parcel. `together`: other orders of the merchant go with this number, on purpose.
    Raises UnknownCarrier, BadTrackingNo, OrderNotFound (also for another merchant's order), NotShippable, NumberInUse,
    NumberSent, FewerPiecesLeft, TooManyParcels.
    """
    label = Label(carrier_code, checked_number(carrier_code, entered))
    known = await find_by_number(ctx, order_id, merchant_id, label.tracking_no)
    if known is not None:
        _same(known.parcel.carrier_code == carrier_code, {each.line: each.quantity for each in known.lines}, lines)
        return known
    order = await ctx.trade.get_order(order_id=order_id)
    if order.merchant_id != merchant_id:
        raise OrderNotFound
    if order.status not in _CAN_GO:
        raise NotShippable(order_status=order.status)  # before any question about its number
    async with ctx.database.write() as tx:
        parcel_id = await parcel_with_number(tx, merchant_id, label.tracking_no, order_id, together=together)
    sent = await _hand_over(ctx, order, parcel_id, label, lines)
    _same(True, {each.line: each.quantity for each in sent.lines}, lines)
    shipment = Shipment(order_id=order_id, number=order.number, user_id=order.user_id, merchant_id=merchant_id)
    async with ctx.database.write() as tx:
        await keep_parcel(tx, shipment, sent, label, staff_id)
    return await read_parcel(ctx, sent.parcel_id, OneMerchant(merchant_id))


def _same(same_carrier: bool, held: dict[int, int], lines: Sequence[ParcelLine] | None) -> None:
    """Raises NumberSent where this is no repetition but another parcel."""
    if not same_carrier or (lines is not None and held != {each.line: each.quantity for each in lines}):
        raise NumberSent


def checked_number(carrier_code: str, entered: str) -> str:
    """Raises UnknownCarrier, BadTrackingNo."""
    carrier = CARRIERS.get(carrier_code)
    if carrier is None:
        raise UnknownCarrier
    tracking_no = normalise_tracking_no(entered)
    if not carrier.accepts(tracking_no):
        raise BadTrackingNo
    return tracking_no


async def _hand_over(
    ctx: FulfilmentContext, order: OrderSnapshot, parcel_id: UUID, label: Label, lines: Sequence[ParcelLine] | None
) -> SentParcel:
    """Trade decides, once. Raises NotShippable, FewerPiecesLeft, TooManyParcels."""
    parcel = NewParcel(
        parcel_id=parcel_id,
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        carrier_code=label.carrier_code,
        tracking_no=label.tracking_no,
        lines=None if lines is None else list(lines),
        sent_at=ctx.clock.now(),
    )
    try:
        return await ctx.trade.send_parcel(parcel=parcel)
    except (WrongOrderState, FewerPiecesLeft, TooManyParcels) as refused:
        async with ctx.database.write() as tx:
            await numbers.give_number_back(tx, order.merchant_id, label.tracking_no, order.order_id)
        if not isinstance(refused, WrongOrderState):
            raise
        raise NotShippable(order_status=refused.extension.get("order_status", order.status)) from None
