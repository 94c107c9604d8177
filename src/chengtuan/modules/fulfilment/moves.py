"""A number is taken for a parcel, and what trade has booked with it is stored, with its first event."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment.job_kinds import UPLOAD_SHIPPING
from chengtuan.modules.fulfilment.problems import NumberInUse, NumberSent
from chengtuan.modules.fulfilment.rows import numbers, parcels, shipments
from chengtuan.modules.fulfilment.rows.parcels import Parcel, TrackingEvent
from chengtuan.modules.fulfilment.rows.shipments import ParcelTask, Shipment
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.modules.trade.facade import Label, OrderReadyToShip, OrderShipped, ParcelLine, ParcelSent, SentParcel
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)


_NAMED = 5
"""Orders that a question about a shared number names at most."""


async def parcel_with_number(
    tx: WriteSession,
    merchant_id: UUID,
    tracking_no: str,
    order_id: UUID,
    *,
    parcel_id: UUID | None = None,
    together: bool,
) -> UUID:
    """The parcel that goes with this number, a new one unless it is known.

    Raises NumberInUse if other orders of the merchant have it and nobody said that they go together, NumberSent if
    another parcel of the order has it.
    """
    own, others = await numbers.claim_number(tx, merchant_id, tracking_no, order_id, parcel_id)
    if others and not together:
        raise NumberInUse(order_numbers=others[:_NAMED])
    if parcel_id not in (None, own):
        raise NumberSent
    return own


async def keep_parcel(tx: WriteSession, order: Shipment, sent: SentParcel, label: Label, staff_id: UUID | None) -> None:
    """Once, however often it is told."""
    await shipments.insert_shipment(tx, order)
    parcel = Parcel(
        id=sent.parcel_id,
        order_id=order.order_id,
        nth=sent.nth,
        carrier_code=label.carrier_code,
        tracking_no=label.tracking_no,
        sent_at=sent.sent_at,
    )
    lines = [parcels.ParcelLine(parcel_id=parcel.id, line=each.line, quantity=each.quantity) for each in sent.lines]
    if not await parcels.insert_parcel(tx, parcel, lines):
        return
    event = TrackingEvent(
        id=new_id(),
        parcel_id=parcel.id,
        at=parcel.sent_at,
        code=ShipmentEventCode.PICKED_UP,
        text="",
        staff_id=staff_id,
    )
    await parcels.insert_event(tx, event)
    await numbers.keep_number(tx, order.merchant_id, parcel.tracking_no, order.order_id, parcel.id)
    await shipments.grow(tx, order.order_id, None if sent.left else sent.nth)
    if not sent.left:
        await shipments.close_task(tx, order.order_id, sent.sent_at)
    tx.schedule(JobCall(UPLOAD_SHIPPING, str(order.order_id), tx.clock.now()))


async def keep_missed_parcel(tx: WriteSession, event: ParcelSent) -> None:
    """Trade knows that the parcel was sent; if this process ended before it stored it, it is stored now."""
    order = Shipment(order_id=event.order_id, number=event.number, user_id=event.user_id, merchant_id=event.merchant_id)
    await keep_parcel(tx, order, event.parcel, Label(event.carrier_code, event.tracking_no), staff_id=None)


async def keep_missed_shipment(tx: WriteSession, event: OrderShipped) -> None:
    """The same for an order from before it could go in several parcels: its only parcel has its id."""
    if event.parcels:
        return
    task = await shipments.find_task(tx, event.order_id)
    if task is None:  # events of one order come in order, so there was never one
        log.error("shipped_without_task", order_id=str(event.order_id))
        return
    order = Shipment(order_id=event.order_id, number=event.number, user_id=event.user_id, merchant_id=task.merchant_id)
    sent = SentParcel(
        parcel_id=event.order_id,
        nth=1,
        lines=[ParcelLine(line=each.line, quantity=each.quantity) for each in event.lines],
        left=0,
        sent_at=event.shipped_at,
    )
    await keep_parcel(tx, order, sent, Label(event.carrier_code, event.tracking_no), staff_id=None)


async def await_parcels(tx: WriteSession, events: Sequence[OrderReadyToShip]) -> None:
    """Orders are their merchants' turn: all members of a group at once."""
    tasks = [
        ParcelTask(
            order_id=event.order_id,
            number=event.number,
            user_id=event.user_id,
            merchant_id=event.merchant_id,
            ready_at=event.ready_at,
        )
        for event in events
    ]
    await shipments.insert_tasks(tx, tasks)
