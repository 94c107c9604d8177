from datetime import datetime
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.rows import parcels, shipments
from chengtuan.modules.fulfilment.rows.parcels import TrackingEvent
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode, checked_time
from chengtuan.modules.fulfilment.usecases.read_parcels import TrackedParcel, read_parcel
from chengtuan.platform.permissions import OneMerchant


async def report_event(
    ctx: FulfilmentContext,
    *,
    parcel_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    code: ShipmentEventCode,
    text: str,
    at: datetime | None = None,
) -> TrackedParcel:
    """The merchant tells what happened to a parcel of theirs, now or `at` an earlier time.

    A parcel may have gone before its number was entered, but not before its order was the merchant's to send.
    Raises ParcelNotFound, EventBeforeOrder, EventInFuture.
    """
    own = OneMerchant(merchant_id)
    parcel = (await read_parcel(ctx, parcel_id, own)).parcel
    async with ctx.database.write() as tx:
        now = tx.clock.now()
        if at is not None:
            task = await shipments.find_task(tx, parcel.order_id)
            begun = min(task.ready_at, parcel.sent_at) if task else parcel.sent_at
            at = checked_time(at, begun=begun, now=now)
        event = TrackingEvent(id=new_id(), parcel_id=parcel_id, at=at or now, code=code, text=text, staff_id=staff_id)
        await parcels.insert_event(tx, event)
    return await read_parcel(ctx, parcel_id, own)
