from datetime import datetime
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.problems import EventInFuture
from chengtuan.modules.fulfilment.repository import TrackingEvent
from chengtuan.modules.fulfilment.usecases.read_shipment import (
    TrackedShipment,
    read_merchant_shipment,
    with_events,
)
from chengtuan.platform.permissions import OneMerchant


async def report_event(
    ctx: Fulfilment,
    *,
    order_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    code: ShipmentEventCode,
    text: str,
    at: datetime | None = None,
) -> TrackedShipment:
    """The merchant tells what happened to a parcel of theirs, now or `at` an earlier time.

    Raises ShipmentNotFound, EventInFuture.
    """
    if at is not None and at > ctx.clock.now():
        raise EventInFuture
    found = await read_merchant_shipment(ctx, order_id, OneMerchant(merchant_id))
    async with ctx.database.write() as tx:
        event = TrackingEvent(
            id=new_id(), order_id=order_id, at=at or tx.clock.now(), code=code, text=text, staff_id=staff_id
        )
        await repository.insert_event(tx, event)
    return await with_events(ctx, found.shipment)
