"""What parcels look like from outside."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, StringConstraints

from chengtuan.kernel.text import LANGUAGES
from chengtuan.modules.fulfilment.domain.carriers import CARRIERS
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode, event_text
from chengtuan.modules.fulfilment.usecases.read_shipment import TrackedShipment
from chengtuan.platform.http.fields import Instant, LTextOut
from chengtuan.platform.http.typed_fields import Line


class Carrier(BaseModel):
    code: str
    name: LTextOut


class CarrierList(BaseModel):
    items: list[Carrier]


class ShipInput(BaseModel):
    """Spaces and small letters in the number do not matter."""

    carrier_code: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    tracking_no: Annotated[str, Line(64, least=1)]


class ShipmentEventInput(BaseModel):
    """With an empty `text` readers get the usual sentence for the code, in their language."""

    code: ShipmentEventCode
    text: Annotated[str, Line(200)] = ""


class ShipmentEvent(BaseModel):
    at: Instant
    code: ShipmentEventCode
    text: str


class Shipment(BaseModel):
    """A parcel and what happened to it, newest first."""

    order_id: UUID
    carrier_code: str
    carrier_name: LTextOut
    tracking_no: str
    shipped_at: Instant
    events: list[ShipmentEvent]

    @staticmethod
    def of(found: TrackedShipment, language: str) -> "Shipment":
        carrier = CARRIERS.get(found.shipment.carrier_code, CARRIERS["OTHER"])
        return Shipment(
            order_id=found.shipment.order_id,
            carrier_code=found.shipment.carrier_code,
            carrier_name=dict(carrier.name),
            tracking_no=found.shipment.tracking_no,
            shipped_at=found.shipment.shipped_at,
            events=[
                ShipmentEvent(
                    at=event.at,
                    code=ShipmentEventCode(event.code),
                    text=event_text(ShipmentEventCode(event.code), event.text, carrier.name, language),
                )
                for event in found.events
            ],
        )


def language_of(request: Request) -> str:
    """The language that the reader announced first, if it is one of ours."""
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip().lower()
    if first in ("zh-cn", "zh-sg", "zh-hans") or first.startswith("zh-hans-"):
        return "zh-Hans"
    return "en" if first.partition("-")[0] == "en" else LANGUAGES[0]
