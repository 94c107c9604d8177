from uuid import UUID

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.repository import Shipment, TrackingEvent
from chengtuan.modules.trade.facade import OrderShipped
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import JobCall

log = structlog.get_logger(__name__)

UPLOAD_SHIPPING = "upload_shipping"
"""ref: order. Report the shipment to WeChat."""


async def keep_shipment(tx: WriteSession, shipment: Shipment, staff_id: UUID | None) -> None:
    """Store a shipment with its first event, once per order."""
    if not await repository.insert_shipment(tx, shipment):
        return
    event = TrackingEvent(
        id=new_id(),
        order_id=shipment.order_id,
        at=shipment.shipped_at,
        code=ShipmentEventCode.PICKED_UP,
        text="",
        staff_id=staff_id,
    )
    await repository.insert_event(tx, event)
    await repository.keep_number(tx, shipment.merchant_id, shipment.tracking_no, shipment.order_id)
    await repository.close_task(tx, shipment.order_id, shipment.shipped_at)
    tx.schedule(JobCall(UPLOAD_SHIPPING, str(shipment.order_id), tx.clock.now()))


async def keep_missed_shipment(tx: WriteSession, event: OrderShipped) -> None:
    """Trade knows that the order was shipped; if this process ended before it stored the parcel, store it now."""
    task = await repository.find_task(tx, event.order_id)
    if task is None:  # events of one order come in order, so there was never one
        log.error("shipped_without_task", order_id=str(event.order_id))
        return
    shipment = Shipment(
        order_id=event.order_id,
        number=event.number,
        user_id=event.user_id,
        merchant_id=task.merchant_id,
        carrier_code=event.carrier_code,
        tracking_no=event.tracking_no,
        shipped_at=event.shipped_at,
    )
    await keep_shipment(tx, shipment, staff_id=None)
