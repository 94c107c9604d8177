"""A wrong parcel number is put right: in our books at once, then wherever the wrong one was told."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.job_kinds import TELL_NUMBER, UPLOAD_SHIPPING
from chengtuan.modules.fulfilment.moves import parcel_with_number
from chengtuan.modules.fulfilment.problems import CorrectedBefore, ParcelNotFound
from chengtuan.modules.fulfilment.rows import numbers, parcels, shipments
from chengtuan.modules.fulfilment.rows.parcels import Parcel, TrackingEvent
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.usecases.read_parcels import TrackedParcel, read_parcel
from chengtuan.modules.fulfilment.usecases.send_parcel import checked_number
from chengtuan.modules.trade.facade import Label
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, JobCall
from chengtuan.platform.permissions import OneMerchant


async def correct_number(
    ctx: FulfilmentContext,
    *,
    parcel_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    carrier_code: str,
    entered: str,
    together: bool = False,
    swap: bool = False,
) -> TrackedParcel:
    """The same number again changes nothing; `together` as for sending.

    `swap`: the merchant's parcel that has this number gets the label of this one, in one go; if several orders go
    together with it, all of them do.
    Raises UnknownCarrier, BadTrackingNo, ParcelNotFound, NumberInUse, NumberSent, CorrectedBefore.
    """
    right = Label(carrier_code, checked_number(carrier_code, entered))
    async with ctx.database.write() as tx:
        found = await parcels.parcels_with_number(tx, merchant_id, right.tracking_no) if swap else []
        await shipments.lock_shipments_of_parcels(tx, merchant_id, [parcel_id, *(each.id for each in found)])
        parcel = await _own_parcel(tx, parcel_id, merchant_id)
        wrong = Label(parcel.carrier_code, parcel.tracking_no)
        if wrong != right:
            others = [] if wrong.tracking_no == right.tracking_no else await _current(tx, found, merchant_id)
            labels = [(parcel, right), *((other, wrong) for other in others if other.tracking_no == right.tracking_no)]
            await _label_anew(tx, merchant_id, labels, staff_id, together=together)
    return await read_parcel(ctx, parcel_id, OneMerchant(merchant_id))


async def _current(tx: WriteSession, found: list[Parcel], merchant_id: UUID) -> list[Parcel]:
    """As they are under their orders' locks."""
    return [await _own_parcel(tx, each.id, merchant_id) for each in found]


async def _own_parcel(tx: WriteSession, parcel_id: UUID, merchant_id: UUID) -> Parcel:
    """Under its order's lock. Raises ParcelNotFound."""
    parcel = await parcels.find_parcel(tx, parcel_id)
    order = await shipments.find_shipment(tx, parcel.order_id) if parcel else None
    if parcel is None or order is None or order.merchant_id != merchant_id:
        raise ParcelNotFound
    return parcel


async def _label_anew(
    tx: WriteSession, merchant_id: UUID, labels: list[tuple[Parcel, Label]], staff_id: UUID, *, together: bool
) -> None:
    """All of them let go of their numbers before any takes its new one; numbers are taken in one order by everybody.

    Those that get the same one go together; nobody else goes with it unless it is said.
    """
    taken: set[str] = set()
    for parcel, _ in labels:
        await numbers.free_number(tx, merchant_id, parcel.tracking_no, parcel.id)
    for parcel, right in sorted(labels, key=lambda each: each[1].tracking_no):
        await parcel_with_number(
            tx,
            merchant_id,
            right.tracking_no,
            parcel.order_id,
            parcel_id=parcel.id,
            together=together or right.tracking_no in taken,
        )
        taken.add(right.tracking_no)
    for order_id in sorted({parcel.order_id for parcel, _ in labels}):
        if not await numbers.count_correction(tx, order_id):
            raise CorrectedBefore
        tx.schedule(JobCall(UPLOAD_SHIPPING, str(order_id), tx.clock.now()))
    for parcel, right in labels:
        await _replace(tx, parcel, right, staff_id)


async def _replace(tx: WriteSession, wrong: Parcel, right: Label, staff_id: UUID) -> None:
    await numbers.label_parcel(tx, wrong.id, right.carrier_code, right.tracking_no)
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
    tx.schedule(JobCall(TELL_NUMBER, str(wrong.id), tx.clock.now()))


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
