"""What happens to a parcel on its way."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from chengtuan.kernel.text import LocalizedText, in_language
from chengtuan.modules.fulfilment.problems import EventBeforeOrder, EventInFuture


class ShipmentEventCode(StrEnum):
    PICKED_UP = "picked_up"
    """The merchant handed the parcel over; every shipment begins with it."""
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    NUMBER_CORRECTED = "number_corrected"
    """The number was a mistake: what was told before was about another parcel."""


REPORTED = (
    ShipmentEventCode.PICKED_UP,
    ShipmentEventCode.IN_TRANSIT,
    ShipmentEventCode.OUT_FOR_DELIVERY,
    ShipmentEventCode.DELIVERED,
)
"""What can be told about a parcel, in the order in which it happens."""


def state_of(codes: Iterable[str]) -> ShipmentEventCode:
    """Where a parcel is, from all that was told about it. It never runs back: a scan that comes late is history."""
    told = [ShipmentEventCode(code) for code in codes if code in REPORTED]
    return max(told, key=REPORTED.index, default=ShipmentEventCode.PICKED_UP)


A_CLERKS_CLOCK = timedelta(minutes=5)
"""So far may a clock be off, and times are typed in whole minutes."""


def checked_time(at: datetime, *, begun: datetime, now: datetime) -> datetime:
    """When it happened, between the moment from which the parcel could go and `now`; what a clock is ahead is cut off.

    Raises EventBeforeOrder, EventInFuture.
    """
    if at < begun - A_CLERKS_CLOCK:
        raise EventBeforeOrder
    if at > now + A_CLERKS_CLOCK:
        raise EventInFuture
    return min(at, now)


_WORDING: dict[ShipmentEventCode, LocalizedText] = {
    ShipmentEventCode.PICKED_UP: {
        "zh-Hant": "店家已把包裹交給{carrier}",
        "zh-Hans": "商家已把包裹交给{carrier}",
        "en": "The merchant handed the parcel to {carrier}",
    },
    ShipmentEventCode.IN_TRANSIT: {
        "zh-Hant": "包裹正在路上",
        "zh-Hans": "包裹正在路上",
        "en": "The parcel is on its way",
    },
    ShipmentEventCode.OUT_FOR_DELIVERY: {
        "zh-Hant": "快遞員正在為您派送",
        "zh-Hans": "快递员正在为您派送",
        "en": "The courier is bringing the parcel today",
    },
    ShipmentEventCode.DELIVERED: {
        "zh-Hant": "包裹已送達",
        "zh-Hans": "包裹已送达",
        "en": "The parcel has been delivered",
    },
    ShipmentEventCode.NUMBER_CORRECTED: {
        "zh-Hant": "店家更正了物流單號，原本是 {number}",
        "zh-Hans": "商家更正了快递单号，原来是 {number}",
        "en": "The merchant corrected the tracking number, which was {number}",
    },
}


def event_text(
    code: ShipmentEventCode, own_words: str, carrier_name: LocalizedText, language: str, number: str = ""
) -> str:
    """What whoever reported the event wrote, or else the usual sentence in the reader's language.

    `number` is the one that a correction replaced.
    """
    if own_words:
        return own_words
    return in_language(_WORDING[code], language).format(carrier=in_language(carrier_name, language), number=number)
