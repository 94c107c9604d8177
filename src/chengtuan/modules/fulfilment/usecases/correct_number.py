"""A wrong parcel number is put right: in our books at once, then wherever the wrong one was told."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.problems import CorrectedBefore, ShipmentNotFound
from chengtuan.modules.fulfilment.repository import TrackingEvent
from chengtuan.modules.fulfilment.usecases.keep_shipment import UPLOAD_SHIPPING
from chengtuan.modules.fulfilment.usecases.read_shipment import TrackedShipment, read_merchant_shipment
from chengtuan.modules.fulfilment.usecases.ship_order import checked_number, take_number
from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job, JobCall
from chengtuan.platform.permissions import OneMerchant

TELL_NUMBER = "tell_number"
"""ref: order. Tell trade, and with that the buyer, a corrected number."""


async def correct_number(
    ctx: Fulfilment,
    *,
    order_id: UUID,
    merchant_id: UUID,
    staff_id: UUID,
    carrier_code: str,
    entered: str,
    together: bool = False,
) -> TrackedShipment:
    """The same number again changes nothing; `together` as for shipping.

    Raises UnknownCarrier, BadTrackingNo, ShipmentNotFound, NumberInUse, CorrectedBefore.
    """
    tracking_no = checked_number(carrier_code, entered)
    async with ctx.database.write() as tx:
        shipment = await repository.lock_shipment(tx, order_id)
        if shipment is None or shipment.merchant_id != merchant_id:
            raise ShipmentNotFound
        if (shipment.carrier_code, shipment.tracking_no) != (carrier_code, tracking_no):
            await take_number(tx, merchant_id, tracking_no, order_id, together=together)
            await _replace(tx, shipment, carrier_code, tracking_no, staff_id)
    return await read_merchant_shipment(ctx, order_id, OneMerchant(merchant_id))


async def _replace(
    tx: WriteSession, wrong: repository.Shipment, carrier_code: str, tracking_no: str, staff_id: UUID
) -> None:
    if not await repository.correct_number(tx, wrong.order_id, carrier_code, tracking_no):
        raise CorrectedBefore
    await repository.give_number_back(tx, wrong.merchant_id, wrong.tracking_no, wrong.order_id)
    event = TrackingEvent(
        id=new_id(),
        order_id=wrong.order_id,
        at=tx.clock.now(),
        code=ShipmentEventCode.NUMBER_CORRECTED,
        text="",
        staff_id=staff_id,
        wrong_carrier=wrong.carrier_code,
        wrong_no=wrong.tracking_no,
    )
    await repository.insert_event(tx, event)
    order = str(wrong.order_id)
    tx.schedule(JobCall(TELL_NUMBER, order, tx.clock.now()), JobCall(UPLOAD_SHIPPING, order, tx.clock.now()))


async def tell_number(ctx: Fulfilment, job: Job) -> None:
    """Trade hears the number as it is now, however often it was corrected meanwhile."""
    async with ctx.database.read() as db:
        shipment = await repository.find_shipment(db, UUID(job.ref))
    if shipment is None:
        return
    await ctx.trade.correct_parcel(
        order_id=shipment.order_id,
        merchant_id=shipment.merchant_id,
        carrier_code=shipment.carrier_code,
        tracking_no=shipment.tracking_no,
    )
