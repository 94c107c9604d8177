from uuid import UUID

from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.carriers import CARRIERS, normalise_tracking_no
from chengtuan.modules.fulfilment.problems import BadTrackingNo, NotShippable, NumberInUse, UnknownCarrier
from chengtuan.modules.fulfilment.repository import Shipment
from chengtuan.modules.fulfilment.usecases.keep_shipment import keep_shipment
from chengtuan.modules.fulfilment.usecases.read_shipment import TrackedShipment, with_events
from chengtuan.modules.trade.facade import OrderNotFound, OrderSnapshot, WrongOrderState
from chengtuan.platform.database import WriteSession

_NAMED = 5
"""Orders that a question about a shared number names at most."""
_CAN_GO = ("to_ship", "shipped")
"""Trade decides; a parcel that trade knows and we do not yet is a repetition."""


async def ship_order(
    ctx: Fulfilment,
    *,
    order_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    carrier_code: str,
    entered: str,
    together: bool = False,
) -> TrackedShipment:
    """The merchant hands the parcel over; repeating it with the same label gives the same shipment.

    `together`: other orders of the merchant go with this number, on purpose.
    Raises UnknownCarrier, BadTrackingNo, OrderNotFound (also for another merchant's order), NotShippable, NumberInUse.
    """
    tracking_no = checked_number(carrier_code, entered)
    async with ctx.database.read() as db:
        known = await repository.find_shipment(db, order_id)
    if known is not None and known.merchant_id == merchant_id:
        if (known.carrier_code, known.tracking_no) != (carrier_code, tracking_no):
            raise NotShippable(order_status="shipped")
        return await with_events(ctx, known)
    order = await ctx.trade.get_order(order_id=order_id)
    if order.merchant_id != merchant_id:
        raise OrderNotFound
    if order.status not in _CAN_GO:
        raise NotShippable(order_status=order.status)  # before any question about its number
    async with ctx.database.write() as tx:
        await take_number(tx, merchant_id, tracking_no, order_id, together=together)
    try:
        shipment = await _hand_over(ctx, order, carrier_code, tracking_no)
    except NotShippable:
        async with ctx.database.write() as tx:
            await repository.give_number_back(tx, merchant_id, tracking_no, order_id)
        raise
    async with ctx.database.write() as tx:
        await keep_shipment(tx, shipment, staff_id)
        kept = await repository.find_shipment(tx, order_id)
    return await with_events(ctx, kept or shipment)


async def take_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID, *, together: bool) -> None:
    """Raises NumberInUse if other orders of the merchant have it and nobody said that they go together."""
    others = await repository.take_number(tx, merchant_id, tracking_no, order_id)
    if others and not together:
        raise NumberInUse(order_numbers=others[:_NAMED])


def checked_number(carrier_code: str, entered: str) -> str:
    """As carriers print it. Raises UnknownCarrier, BadTrackingNo."""
    carrier = CARRIERS.get(carrier_code)
    if carrier is None:
        raise UnknownCarrier
    tracking_no = normalise_tracking_no(entered)
    if not carrier.accepts(tracking_no):
        raise BadTrackingNo
    return tracking_no


async def _hand_over(ctx: Fulfilment, order: OrderSnapshot, carrier_code: str, tracking_no: str) -> Shipment:
    """Trade decides, once. Raises NotShippable."""
    shipped_at = ctx.clock.now()
    try:
        await ctx.trade.mark_shipped(
            order_id=order.order_id,
            merchant_id=order.merchant_id,
            carrier_code=carrier_code,
            tracking_no=tracking_no,
            shipped_at=shipped_at,
        )
    except WrongOrderState as wrong:
        raise NotShippable(order_status=wrong.extension.get("order_status", order.status)) from None
    return Shipment(
        order_id=order.order_id,
        number=order.number,
        user_id=order.user_id,
        merchant_id=order.merchant_id,
        carrier_code=carrier_code,
        tracking_no=tracking_no,
        shipped_at=shipped_at,
    )
