from datetime import datetime
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.problems import EventInFuture
from chengtuan.modules.fulfilment.rows import parcels
from chengtuan.modules.fulfilment.rows.parcels import TrackingEvent
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
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

    Raises ParcelNotFound, EventInFuture.
    """
    if at is not None and at > ctx.clock.now():
        raise EventInFuture
    own = OneMerchant(merchant_id)
    await read_parcel(ctx, parcel_id, own)
    async with ctx.database.write() as tx:
        event = TrackingEvent(
            id=new_id(), parcel_id=parcel_id, at=at or tx.clock.now(), code=code, text=text, staff_id=staff_id
        )
        await parcels.insert_event(tx, event)
    return await read_parcel(ctx, parcel_id, own)
