"""Parcels: what is in them, and what happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode
from chengtuan.platform.database import ReadSession, WriteSession
from chengtuan.platform.inserting import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel on its way, the `nth` of its order."""

    id: UUID
    order_id: UUID
    nth: int
    carrier_code: str
    tracking_no: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    """So many pieces of a line of the order."""

    parcel_id: UUID
    line: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """`text` is empty where the reporter had no own words; `staff_id` None where it was not a person.

    `wrong_carrier` and `wrong_no` are what a correction replaced.
    """

    id: UUID
    parcel_id: UUID
    at: datetime
    code: str
    text: str
    staff_id: UUID | None
    wrong_carrier: str | None = None
    wrong_no: str | None = None


_SELECT: LiteralString = "select id, order_id, nth, carrier_code, tracking_no, sent_at from parcel"
_WITH_NUMBER: LiteralString = (
    " where tracking_no = %(number)s and id in (select parcel_id from parcel_number"
    " where merchant_id = %(merchant)s and tracking_no = %(number)s) order by id"
)
_LINES: LiteralString = (
    "select l.parcel_id, l.line, l.quantity from parcel_line l join parcel p on p.id = l.parcel_id"
    " where p.order_id = %s order by l.line"
)
_EVENTS: LiteralString = (
    "select e.id, e.parcel_id, e.at, e.code, e.text, e.staff_id, e.wrong_carrier, e.wrong_no"
    " from parcel_event e join parcel p on p.id = e.parcel_id where p.order_id = %s"
    " order by e.at desc, array_position(%s::text[], e.code) desc, e.id desc"
)


async def insert_parcel(tx: WriteSession, parcel: Parcel, lines: Sequence[ParcelLine]) -> bool:
    """False if it is there already."""
    inserted = await tx.execute(
        "insert into parcel (id, order_id, nth, carrier_code, tracking_no, sent_at) values (%s, %s, %s, %s, %s, %s)"
        " on conflict (id) do nothing",
        (parcel.id, parcel.order_id, parcel.nth, parcel.carrier_code, parcel.tracking_no, parcel.sent_at),
    )
    if inserted:
        await insert(tx, "parcel_line", lines)
    return inserted == 1


async def find_parcel(db: ReadSession | WriteSession, parcel_id: UUID) -> Parcel | None:
    return await db.fetch_one(
        Parcel,
        _SELECT + " where id = %s",
        (parcel_id,),
    )


async def parcels_with_number(tx: WriteSession, merchant_id: UUID, tracking_no: str) -> list[Parcel]:
    """A merchant's parcels that have this number now."""
    return await tx.fetch_all(
        Parcel,
        _SELECT + _WITH_NUMBER,
        {"merchant": merchant_id, "number": tracking_no},
    )


async def parcels_of(
    db: ReadSession | WriteSession, order_id: UUID
) -> tuple[list[Parcel], list[ParcelLine], list[TrackingEvent]]:
    """An order's parcels in the order in which they went, their lines and their events.

    Events stand by the time at which they happened, newest first; of two at the same time the further one is the newer.
    """
    parcels, lines, events = await db.fetch_each(
        (
            Parcel,
            _SELECT + " where order_id = %s order by nth",
            (order_id,),
        ),
        (
            ParcelLine,
            _LINES,
            (order_id,),
        ),
        (
            TrackingEvent,
            _EVENTS,
            (order_id, [str(code) for code in ShipmentEventCode]),
        ),
    )
    return parcels, lines, events


async def insert_event(tx: WriteSession, event: TrackingEvent) -> None:
    await insert(tx, "parcel_event", [event])


async def without_lines(db: ReadSession, limit: int) -> list[Parcel]:
    """Parcels from before there were several for an order: nobody has said yet what they hold."""
    return await db.fetch_all(
        Parcel,
        _SELECT + " p where not exists (select from parcel_line l where l.parcel_id = p.id) order by id limit %s",
        (limit,),
    )


async def fill(tx: WriteSession, lines: Sequence[ParcelLine]) -> None:
    await tx.execute_many(
        "insert into parcel_line (parcel_id, line, quantity) values (%s, %s, %s) on conflict do nothing",
        [(each.parcel_id, each.line, each.quantity) for each in lines],
    )
