"""Routes of `fulfilment`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.fulfilment import problems as p
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.carriers import CARRIERS
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.http import schemas
from chengtuan.modules.fulfilment.usecases.correct_number import correct_number
from chengtuan.modules.fulfilment.usecases.read_shipment import read_merchant_shipment, read_own_shipment
from chengtuan.modules.fulfilment.usecases.report_event import report_event
from chengtuan.modules.fulfilment.usecases.ship_order import ship_order
from chengtuan.modules.trade.facade import OrderNotFound
from chengtuan.platform.http.access import PUBLIC, CurrentShopper, Staff, may
from chengtuan.platform.http.languages import language_of
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_STAFF = (NotSignedIn, NotAllowed)
ShipmentReader = Annotated[Staff, may(Permission.ORDERS_READ)]
Shipper = Annotated[Staff, may(Permission.ORDERS_SHIP)]


def routes(ctx: Fulfilment) -> APIRouter:
    router = Section(prefix="/api/v1/fulfilment", tags=["fulfilment"])
    _shop_routes(router, ctx)
    _console_routes(router, ctx)
    return router


def _shop_routes(router: APIRouter, ctx: Fulfilment) -> None:
    @router.get("/carriers", dependencies=[PUBLIC])
    async def list_carriers() -> schemas.CarrierList:
        """Carriers that parcels go with, in the order in which to offer them."""
        return schemas.CarrierList(
            items=[schemas.Carrier(code=carrier.code, name=dict(carrier.name)) for carrier in CARRIERS.values()]
        )

    @router.get("/orders/{order_id}/shipment", responses=problems(NotSignedIn, p.ShipmentNotFound))
    async def read_shipment(order_id: UUID, shopper: CurrentShopper, request: Request) -> schemas.Shipment:
        """Where the parcel of one of the shopper's own orders is."""
        found = await read_own_shipment(ctx, order_id, shopper.ids)
        return schemas.Shipment.of(found, language_of(request))


def _console_routes(router: APIRouter, ctx: Fulfilment) -> None:
    @router.post(
        "/console/orders/{order_id}/ship",
        status_code=201,
        responses=problems(*_STAFF, OrderNotFound, p.NotShippable, p.UnknownCarrier, p.BadTrackingNo, p.NumberInUse),
    )
    async def ship_parcel(
        order_id: UUID, parcel: schemas.ShipInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleShipment:
        """Hand an order's parcel to a carrier; the same number again gives the same shipment.

        A number that another order of the merchant went with is refused unless `together` is set.
        """
        found = await ship_order(
            ctx,
            order_id=order_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            carrier_code=parcel.carrier_code,
            entered=parcel.tracking_no,
            together=parcel.together,
        )
        return schemas.ConsoleShipment.of(found, language_of(request))

    @router.post(
        "/console/shipments/{order_id}/corrections",
        responses=problems(
            *_STAFF, p.ShipmentNotFound, p.UnknownCarrier, p.BadTrackingNo, p.NumberInUse, p.CorrectedBefore
        ),
    )
    async def correct_shipment_number(
        order_id: UUID, parcel: schemas.ShipInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleShipment:
        """Put a wrong number right: once if it was reported to WeChat, else as often as need be. The buyer is told."""
        found = await correct_number(
            ctx,
            order_id=order_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            carrier_code=parcel.carrier_code,
            entered=parcel.tracking_no,
            together=parcel.together,
        )
        return schemas.ConsoleShipment.of(found, language_of(request))

    @router.get("/console/shipments/{order_id}", responses=problems(*_STAFF, p.ShipmentNotFound))
    async def read_shipment_as_staff(
        order_id: UUID, staff: ShipmentReader, request: Request
    ) -> schemas.ConsoleShipment:
        """Where the parcel of one of the merchant's orders is; staff of the platform see all."""
        found = await read_merchant_shipment(ctx, order_id, staff.scope)
        return schemas.ConsoleShipment.of(found, language_of(request))

    @router.post(
        "/console/shipments/{order_id}/events", responses=problems(*_STAFF, p.ShipmentNotFound, p.EventInFuture)
    )
    async def add_shipment_event(
        order_id: UUID, event: schemas.ShipmentEventInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleShipment:
        """Tell what happened to a parcel, until carriers tell by themselves. What comes late does not run it back."""
        found = await report_event(
            ctx,
            order_id=order_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            code=ShipmentEventCode(event.code),
            text=event.text,
            at=event.at,
        )
        return schemas.ConsoleShipment.of(found, language_of(request))
