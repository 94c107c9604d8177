"""A wrong parcel number is put right: in our books at once, then wherever the wrong one was told."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.job_kinds import UPLOAD_SHIPPING
from chengtuan.modules.fulfilment.moves import Label, parcel_with_number
from chengtuan.modules.fulfilment.problems import CorrectedBefore, ParcelNotFound
from chengtuan.modules.fulfilment.rows import numbers, parcels, shipments
from chengtuan.modules.fulfilment.rows.parcels import Parcel, TrackingEvent
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.usecases.read_parcels import TrackedParcel, read_parcel
from chengtuan.modules.fulfilment.usecases.send_parcel import checked_number
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, JobCall
from chengtuan.platform.permissions import OneMerchant

TELL_NUMBER = "tell_number"
"""ref: parcel. Tell trade, and with that the buyer, a corrected number."""


async def correct_number(
    ctx: FulfilmentContext,
    *,
    parcel_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    carrier_code: str,
    entered: str,
    together: bool = False,
) -> TrackedParcel:
    """The same number again changes nothing; `together` as for sending.

    Raises UnknownCarrier, BadTrackingNo, ParcelNotFound, NumberInUse, NumberSent, CorrectedBefore.
    """
    right = Label(carrier_code, checked_number(carrier_code, entered))
    async with ctx.database.write() as tx:
        order = await shipments.lock_shipment_of_parcel(tx, parcel_id)
        parcel = await parcels.find_parcel(tx, parcel_id)
        if order is None or parcel is None or order.merchant_id != merchant_id:
            raise ParcelNotFound
        if (parcel.carrier_code, parcel.tracking_no) != (right.carrier_code, right.tracking_no):
            await numbers.free_number(tx, merchant_id, parcel.tracking_no, parcel_id)
            await parcel_with_number(
                tx, merchant_id, right.tracking_no, order.order_id, parcel_id=parcel_id, together=together
            )
            await _replace(tx, parcel, right, staff_id)
    return await read_parcel(ctx, parcel_id, OneMerchant(merchant_id))


async def _replace(tx: WriteSession, wrong: Parcel, right: Label, staff_id: UUID) -> None:
    if not await numbers.correct_number(tx, wrong.order_id, wrong.id, right.carrier_code, right.tracking_no):
        raise CorrectedBefore
    event = TrackingEvent(
        id=new_id(),
        parcel_id=wrong.id,
        at=tx.clock.now(),
        code=ShipmentEventCode.NUMBER_CORRECTED,
        text="",
        staff_id=staff_id,
        wrong_carrier=wrong.carrier_code,
        wrong_no=wrong.tracking_no,
    )
    await parcels.insert_event(tx, event)
    now = tx.clock.now()
    tx.schedule(JobCall(TELL_NUMBER, str(wrong.id), now), JobCall(UPLOAD_SHIPPING, str(wrong.order_id), now))


async def tell_number(ctx: FulfilmentContext, job: Job) -> None:
    """Trade hears the number as it is now, however often it was corrected meanwhile."""
    async with ctx.database.read() as db:
        parcel = await parcels.find_parcel(db, UUID(job.ref))
        order = await shipments.find_shipment(db, parcel.order_id) if parcel else None
    if parcel is None or order is None:
        return
    await ctx.trade.correct_parcel(
        order_id=parcel.order_id,
        merchant_id=order.merchant_id,
        parcel_id=parcel.id,
        carrier_code=parcel.carrier_code,
        tracking_no=parcel.tracking_no,
    )
