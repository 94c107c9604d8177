"""What parcels look like from outside."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.fulfilment.domain import carriers
from chengtuan.modules.fulfilment.domain.carriers import CARRIERS
from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode, event_text
from chengtuan.modules.fulfilment.domain.uploads import Correction
from chengtuan.modules.fulfilment.repository import TrackingEvent
from chengtuan.modules.fulfilment.usecases.read_shipment import TrackedShipment
from chengtuan.platform.http.fields import Instant, LTextOut
from chengtuan.platform.http.typed_fields import Line


class Carrier(BaseModel):
    code: str
    name: LTextOut


class CarrierList(BaseModel):
    items: list[Carrier]


class ShipInput(BaseModel):
    """Spaces and small letters in the number do not matter.

    `together`: other orders went with the same number, and that is meant so.
    """

    carrier_code: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    tracking_no: Annotated[str, Line(64, least=1)]
    together: Annotated[bool, Field(strict=True)] = False


class ShipmentEventInput(BaseModel):
    """With an empty `text` readers get the usual sentence for the code, in their language.

    `at` is when it happened, if that was not just now.
    """

    code: Literal["picked_up", "in_transit", "out_for_delivery", "delivered"]
    text: Annotated[str, Line(200)] = ""
    at: Instant | None = None


class ShipmentEvent(BaseModel):
    at: Instant
    code: ShipmentEventCode
    text: str


class Shipment(BaseModel):
    """A parcel and what happened to it, newest first. `state` is how far it is; it never runs back."""

    order_id: UUID
    carrier_code: str
    carrier_name: LTextOut
    tracking_no: str
    shipped_at: Instant
    state: ShipmentEventCode
    events: list[ShipmentEvent]

    @classmethod
    def of(cls, found: TrackedShipment, language: str) -> Self:
        shipment = found.shipment
        return cls.model_validate(
            {
                "order_id": shipment.order_id,
                "carrier_code": shipment.carrier_code,
                "carrier_name": dict(_carrier(shipment.carrier_code).name),
                "tracking_no": shipment.tracking_no,
                "shipped_at": shipment.shipped_at,
                "state": found.state,
                "events": [_event(event, shipment.carrier_code, language) for event in found.events],
                "correction": found.correction,
                "refused": found.refused,
            }
        )


class ConsoleShipment(Shipment):
    """`correction`: how often the number can still be corrected. `once`: it was reported to WeChat.

    `refused`: WeChat does not take the number, and this is what it says; somebody has to do it there.
    """

    correction: Correction
    refused: str | None


def _carrier(code: str) -> carriers.Carrier:
    return CARRIERS.get(code, CARRIERS["OTHER"])


def _event(event: TrackingEvent, carrier_code: str, language: str) -> ShipmentEvent:
    code = ShipmentEventCode(event.code)
    name = _carrier(carrier_code).name
    return ShipmentEvent(
        at=event.at, code=code, text=event_text(code, event.text, name, language, number=event.wrong_no or "")
    )
