from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.problems import ParcelNotFound
from chengtuan.modules.fulfilment.rows import parcels, shipments, uploads
from chengtuan.modules.fulfilment.rows.parcels import Parcel, ParcelLine, TrackingEvent
from chengtuan.modules.fulfilment.rows.shipments import ParcelTask, Shipment
from chengtuan.modules.fulfilment.rows.uploads import Upload
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode, state_of
from chengtuan.modules.fulfilment.rules.uploads import Correction, UploadStatus, correction_left
from chengtuan.modules.trade.facade import OrderNotFound
from chengtuan.platform.database import ReadSession
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class TrackedParcel:
    """A parcel with what happened to it, newest first, and how its order's report to WeChat stands.

    `refused`: what WeChat said to parcels that it takes no more of us.
    """

    parcel: Parcel
    lines: list[ParcelLine]
    events: list[TrackingEvent]
    correction: Correction
    refused: str | None

    @property
    def state(self) -> ShipmentEventCode:
        """Where the parcel is: what was told of the number it has now, however late it was told."""
        corrected = max((e.id for e in self.events if e.code == ShipmentEventCode.NUMBER_CORRECTED), default=None)
        return state_of(event.code for event in self.events if corrected is None or event.id > corrected)


async def read_own_parcels(ctx: FulfilmentContext, order_id: UUID, user_ids: Collection[UUID]) -> list[TrackedParcel]:
    """The parcels of an own order, as they went. Raises OrderNotFound, also for somebody else's and an unpaid one."""
    async with ctx.database.read() as db:
        order = await _find_order(db, order_id)
        if order is None or order.user_id not in user_ids:
            raise OrderNotFound
        return await _tracked(db, order_id)


async def read_merchant_parcels(ctx: FulfilmentContext, order_id: UUID, scope: Scope) -> list[TrackedParcel]:
    """Staff's view. Raises OrderNotFound, also outside the scope."""
    async with ctx.database.read() as db:
        order = await _find_order(db, order_id)
        if order is None or not scope.covers(order.merchant_id):
            raise OrderNotFound
        return await _tracked(db, order_id)


async def read_parcel(ctx: FulfilmentContext, parcel_id: UUID, scope: Scope) -> TrackedParcel:
    """Raises ParcelNotFound, also outside the scope."""
    async with ctx.database.read() as db:
        parcel = await parcels.find_parcel(db, parcel_id)
        order = await shipments.find_shipment(db, parcel.order_id) if parcel else None
        if parcel is None or order is None or not scope.covers(order.merchant_id):
            raise ParcelNotFound
        return next(each for each in await _tracked(db, parcel.order_id) if each.parcel.id == parcel_id)


async def find_by_number(
    ctx: FulfilmentContext, order_id: UUID, merchant_id: UUID, tracking_no: str
) -> TrackedParcel | None:
    """The order's parcel with this number, if the order is the merchant's."""
    async with ctx.database.read() as db:
        order = await shipments.find_shipment(db, order_id)
        if order is None or order.merchant_id != merchant_id:
            return None
        return next((each for each in await _tracked(db, order_id) if each.parcel.tracking_no == tracking_no), None)


async def _find_order(db: ReadSession, order_id: UUID) -> ParcelTask | Shipment | None:
    return await shipments.find_task(db, order_id) or await shipments.find_shipment(db, order_id)


async def _tracked(db: ReadSession, order_id: UUID) -> list[TrackedParcel]:
    found, lines, events = await parcels.parcels_of(db, order_id)
    correction, refused = _report_of(await uploads.find_upload(db, order_id))
    return [
        TrackedParcel(
            parcel,
            [line for line in lines if line.parcel_id == parcel.id],
            [event for event in events if event.parcel_id == parcel.id],
            correction,
            refused,
        )
        for parcel in found
    ]


def _report_of(upload: Upload | None) -> tuple[Correction, str | None]:
    if upload is None:
        return Correction.FREE, None
    left = correction_left(upload.status, complete=upload.complete, corrected=upload.corrected)
    return left, (upload.error or "") if upload.status == UploadStatus.REFUSED else None
