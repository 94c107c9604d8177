"""Routes of `fulfilment`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.fulfilment import problems as p
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.http import schemas
from chengtuan.modules.fulfilment.rules.carriers import CARRIERS
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.usecases.correct_number import correct_number
from chengtuan.modules.fulfilment.usecases.read_parcels import read_merchant_parcels, read_own_parcels
from chengtuan.modules.fulfilment.usecases.report_event import report_event
from chengtuan.modules.fulfilment.usecases.send_parcel import send_parcel
from chengtuan.modules.trade.facade import FewerPiecesLeft, OrderNotFound, ParcelLine, TooManyParcels
from chengtuan.platform.http.access import PUBLIC, CurrentShopper, Staff, may
from chengtuan.platform.http.languages import language_of
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_STAFF = (NotSignedIn, NotAllowed)
ParcelReader = Annotated[Staff, may(Permission.ORDERS_READ)]
Shipper = Annotated[Staff, may(Permission.ORDERS_SHIP)]


def routes(ctx: FulfilmentContext) -> APIRouter:
    router = Section(prefix="/api/v1/fulfilment", tags=["fulfilment"])
    _shop_routes(router, ctx)
    _console_routes(router, ctx)
    return router


def _shop_routes(router: APIRouter, ctx: FulfilmentContext) -> None:
    @router.get("/carriers", dependencies=[PUBLIC])
    async def list_carriers() -> schemas.CarrierList:
        """Carriers that parcels go with, in the order in which to offer them."""
        return schemas.CarrierList(
            items=[schemas.Carrier(code=carrier.code, name=dict(carrier.name)) for carrier in CARRIERS.values()]
        )

    @router.get("/orders/{order_id}/parcels", responses=problems(NotSignedIn, OrderNotFound))
    async def list_parcels(order_id: UUID, shopper: CurrentShopper, request: Request) -> schemas.ParcelList:
        """The parcels of one of the shopper's own orders, as they went, and where they are; none while it is packed."""
        found = await read_own_parcels(ctx, order_id, shopper.ids)
        return schemas.ParcelList(items=[schemas.Parcel.of(each, language_of(request)) for each in found])


def _console_routes(router: APIRouter, ctx: FulfilmentContext) -> None:
    @router.post(
        "/console/orders/{order_id}/ship",
        status_code=201,
        responses=problems(
            *(*_STAFF, OrderNotFound, p.NotShippable, p.UnknownCarrier, p.BadTrackingNo, p.NumberInUse, p.NumberSent),
            *(FewerPiecesLeft, TooManyParcels),
        ),
    )
    async def ship_parcel(
        order_id: UUID, parcel: schemas.ShipInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleParcel:
        """Hand a parcel to a carrier, with `lines` or with all that is left; the same label again is the same parcel.

        The last parcel ships the order. A number that another order of the merchant went with is refused unless
        `together` is set.
        """
        found = await send_parcel(
            ctx,
            order_id=order_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            carrier_code=parcel.carrier_code,
            entered=parcel.tracking_no,
            lines=[ParcelLine(line=each.line, quantity=each.quantity) for each in parcel.lines]
            if parcel.lines
            else None,
            together=parcel.together,
        )
        return schemas.ConsoleParcel.of(found, language_of(request))

    @router.get("/console/orders/{order_id}/parcels", responses=problems(*_STAFF, OrderNotFound))
    async def list_console_parcels(order_id: UUID, staff: ParcelReader, request: Request) -> schemas.ConsoleParcelList:
        """The parcels of one of the merchant's orders, as they went; staff of the platform see all."""
        found = await read_merchant_parcels(ctx, order_id, staff.scope)
        return schemas.ConsoleParcelList(items=[schemas.ConsoleParcel.of(each, language_of(request)) for each in found])

    @router.post(
        "/console/parcels/{parcel_id}/corrections",
        responses=problems(
            *(*_STAFF, p.ParcelNotFound, p.UnknownCarrier, p.BadTrackingNo, p.NumberInUse, p.NumberSent),
            p.CorrectedBefore,
        ),
    )
    async def correct_parcel_number(
        parcel_id: UUID, label: schemas.CorrectionInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleParcel:
        """Put a wrong number right: once if all of the order was reported to WeChat, else as often as need be.

        The buyer is told. With `swap` two parcels of the merchant, of one order or of two, exchange their labels;
        orders that go together with one label get the other one together.
        """
        found = await correct_number(
            ctx,
            parcel_id=parcel_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            carrier_code=label.carrier_code,
            entered=label.tracking_no,
            together=label.together,
            swap=label.swap,
        )
        return schemas.ConsoleParcel.of(found, language_of(request))

    @router.post(
        "/console/parcels/{parcel_id}/events",
        responses=problems(*_STAFF, p.ParcelNotFound, p.EventBeforeOrder, p.EventInFuture),
    )
    async def add_parcel_event(
        parcel_id: UUID, event: schemas.ParcelEventInput, staff: Shipper, request: Request
    ) -> schemas.ConsoleParcel:
        """Tell what happened to a parcel, until carriers tell by themselves. What comes late does not run it back.

        `at` lies between the moment from which the order was to be sent and now; five minutes are a clerk's clock."""
        found = await report_event(
            ctx,
            parcel_id=parcel_id,
            merchant_id=staff.own_merchant(),
            staff_id=staff.staff_id,
            code=ShipmentEventCode(event.code),
            text=event.text,
            at=event.at,
        )
        return schemas.ConsoleParcel.of(found, language_of(request))
