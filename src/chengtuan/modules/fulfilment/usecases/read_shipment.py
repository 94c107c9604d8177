from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode, state_of
from chengtuan.modules.fulfilment.domain.uploads import Correction, UploadStatus, correction_left
from chengtuan.modules.fulfilment.problems import ShipmentNotFound
from chengtuan.modules.fulfilment.repository import Shipment, TrackingEvent
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class TrackedShipment:
    """A parcel with what happened to it, newest first, and how its report to WeChat stands.

    `refused`: what WeChat said to a number that it takes no more of us.
    """

    shipment: Shipment
    events: list[TrackingEvent]
    correction: Correction
    refused: str | None

    @property
    def state(self) -> ShipmentEventCode:
        """Where the parcel is: what was told of the number it has now, however late it was told."""
        corrected = max((e.id for e in self.events if e.code == ShipmentEventCode.NUMBER_CORRECTED), default=None)
        return state_of(event.code for event in self.events if corrected is None or event.id > corrected)


async def with_events(ctx: Fulfilment, shipment: Shipment) -> TrackedShipment:
    async with ctx.database.read() as db:
        events = await repository.list_events(db, shipment.order_id)
        upload = await repository.find_upload(db, shipment.order_id)
    if upload is None:
        return TrackedShipment(shipment, events, Correction.FREE, None)
    left = correction_left(upload.status, corrected=upload.corrected)
    refused = (upload.error or "") if upload.status == UploadStatus.REFUSED else None
    return TrackedShipment(shipment, events, left, refused)


async def read_own_shipment(ctx: Fulfilment, order_id: UUID, user_ids: Collection[UUID]) -> TrackedShipment:
    """A shopper's view of the parcel of an own order. Raises ShipmentNotFound, also for somebody else's."""
    shipment = await _find(ctx, order_id)
    if shipment is None or shipment.user_id not in user_ids:
        raise ShipmentNotFound
    return await with_events(ctx, shipment)


async def read_merchant_shipment(ctx: Fulfilment, order_id: UUID, scope: Scope) -> TrackedShipment:
    """Staff's view. Raises ShipmentNotFound, also outside the scope."""
    shipment = await _find(ctx, order_id)
    if shipment is None or not scope.covers(shipment.merchant_id):
        raise ShipmentNotFound
    return await with_events(ctx, shipment)


async def _find(ctx: Fulfilment, order_id: UUID) -> Shipment | None:
    async with ctx.database.read() as db:
        return await repository.find_shipment(db, order_id)
