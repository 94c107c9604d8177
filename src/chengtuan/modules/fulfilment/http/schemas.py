"""What parcels look like from outside."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.fulfilment.rows.parcels import TrackingEvent
from chengtuan.modules.fulfilment.rules import carriers
from chengtuan.modules.fulfilment.rules.carriers import CARRIERS
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode, event_text
from chengtuan.modules.fulfilment.rules.uploads import Correction
from chengtuan.modules.fulfilment.usecases.read_parcels import TrackedParcel
from chengtuan.modules.trade.facade import MAX_LINES
from chengtuan.platform.http.fields import Instant, LTextOut
from chengtuan.platform.http.lists import EachOnce
from chengtuan.platform.http.typed_fields import Line


class Carrier(BaseModel):
    code: str
    name: LTextOut


class CarrierList(BaseModel):
    items: list[Carrier]


class LabelInput(BaseModel):
    """Spaces and small letters in the number do not matter.

    `together`: other orders went with the same number, and that is meant so.
    """

    carrier_code: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    tracking_no: Annotated[str, Line(64, least=1)]
    together: Annotated[bool, Field(strict=True)] = False


class CorrectionInput(LabelInput):
    """`swap`: another parcel has this number, and the two labels were mixed up: it gets this parcel's."""

    swap: Annotated[bool, Field(strict=True)] = False


class ParcelLine(BaseModel):
    """So many pieces of a line of the order."""

    line: Annotated[int, Field(strict=True, ge=1, le=MAX_LINES)]
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class ShipInput(LabelInput):
    """Without `lines` the parcel holds all that is left."""

    lines: Annotated[list[ParcelLine], Field(min_length=1, max_length=MAX_LINES), EachOnce("line")] | None = None


class ParcelEventInput(BaseModel):
    """With an empty `text` readers get the usual sentence for the code, in their language.

    `at` is when it happened, if that was not just now.
    """

    code: Literal["picked_up", "in_transit", "out_for_delivery", "delivered"]
    text: Annotated[str, Line(200)] = ""
    at: Instant | None = None


class ParcelEvent(BaseModel):
    at: Instant
    code: ShipmentEventCode
    text: str


class Parcel(BaseModel):
    """The `nth` parcel of an order and what happened to it, newest first.

    `state` is how far it is; it never runs back.
    """

    id: UUID
    order_id: UUID
    nth: int
    lines: list[ParcelLine]
    carrier_code: str
    carrier_name: LTextOut
    tracking_no: str
    sent_at: Instant
    state: ShipmentEventCode
    events: list[ParcelEvent]

    @classmethod
    def of(cls, found: TrackedParcel, language: str) -> Self:
        parcel = found.parcel
        return cls.model_validate(
            {
                "id": parcel.id,
                "order_id": parcel.order_id,
                "nth": parcel.nth,
                "lines": [{"line": each.line, "quantity": each.quantity} for each in found.lines],
                "carrier_code": parcel.carrier_code,
                "carrier_name": dict(_carrier(parcel.carrier_code).name),
                "tracking_no": parcel.tracking_no,
                "sent_at": parcel.sent_at,
                "state": found.state,
                "events": [_event(event, parcel.carrier_code, language) for event in found.events],
                "correction": found.correction,
                "refused": found.refused,
            }
        )


class ParcelList(BaseModel):
    items: list[Parcel]


class ConsoleParcel(Parcel):
    """`correction`: how often a number of the order's parcels can still be corrected. `once`: all were reported.

    `refused`: WeChat does not take the report, and this is what it says; somebody has to do it there.
    """

    correction: Correction
    refused: str | None


class ConsoleParcelList(BaseModel):
    items: list[ConsoleParcel]


def _carrier(code: str) -> carriers.Carrier:
    return CARRIERS.get(code, CARRIERS["OTHER"])


def _event(event: TrackingEvent, carrier_code: str, language: str) -> ParcelEvent:
    code = ShipmentEventCode(event.code)
    name = _carrier(carrier_code).name
    return ParcelEvent(
        at=event.at, code=code, text=event_text(code, event.text, name, language, number=event.wrong_no or "")
    )
