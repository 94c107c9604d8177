"""All SQL of `fulfilment`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.fulfilment.domain.tracking import ShipmentEventCode
from chengtuan.modules.fulfilment.domain.uploads import UploadStatus
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTask:
    """An order that waits for its merchant to send it."""

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    ready_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel on its way; `number` is the order's."""

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    carrier_code: str
    tracking_no: str
    shipped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """`text` is empty where the reporter had no own words; `staff_id` None where it was not a person.

    `wrong_carrier` and `wrong_no` are what a correction replaced.
    """

    id: UUID
    order_id: UUID
    at: datetime
    code: str
    text: str
    staff_id: UUID | None
    wrong_carrier: str | None = None
    wrong_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How reporting the shipment to WeChat stands; `corrected`: a number that was reported has been corrected.

    `error` is what WeChat said when it refused last.
    """

    status: str
    attempts: int
    refusals: int
    corrected: bool
    error: str | None


async def insert_task(tx: WriteSession, task: ParcelTask) -> None:
    await tx.execute(
        "insert into parcel_task (order_id, number, user_id, merchant_id, ready_at) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (task.order_id, task.number, task.user_id, task.merchant_id, task.ready_at),
    )


async def find_task(db: ReadSession | WriteSession, order_id: UUID) -> ParcelTask | None:
    return await db.fetch_one(
        ParcelTask,
        "select order_id, number, user_id, merchant_id, ready_at from parcel_task where order_id = %s",
        (order_id,),
    )


async def close_task(tx: WriteSession, order_id: UUID, shipped_at: datetime) -> None:
    await tx.execute(
        "update parcel_task set shipped_at = %s where order_id = %s and shipped_at is null", (shipped_at, order_id)
    )


async def insert_shipment(tx: WriteSession, shipment: Shipment) -> bool:
    """False if the order has a shipment already."""
    inserted = await tx.execute(
        "insert into shipment (order_id, number, user_id, merchant_id, carrier_code, tracking_no, shipped_at,"
        " upload_status) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            shipment.order_id,
            shipment.number,
            shipment.user_id,
            shipment.merchant_id,
            shipment.carrier_code,
            shipment.tracking_no,
            shipment.shipped_at,
            UploadStatus.WAITING,
        ),
    )
    return inserted == 1


async def find_shipment(db: ReadSession | WriteSession, order_id: UUID) -> Shipment | None:
    return await db.fetch_one(
        Shipment,
        "select order_id, number, user_id, merchant_id, carrier_code, tracking_no, shipped_at from shipment"
        " where order_id = %s",
        (order_id,),
    )


async def lock_shipment(tx: WriteSession, order_id: UUID) -> Shipment | None:
    return await tx.fetch_one(
        Shipment,
        "select order_id, number, user_id, merchant_id, carrier_code, tracking_no, shipped_at from shipment"
        " where order_id = %s for update",
        (order_id,),
    )


async def correct_number(tx: WriteSession, order_id: UUID, carrier_code: str, tracking_no: str) -> bool:
    """From now on this is the parcel's number, to be reported anew if the wrong one was, or was refused.

    False if a reported number was corrected before: WeChat takes one correction.
    """
    corrected = await tx.execute(
        "update shipment set carrier_code = %s, tracking_no = %s, corrected_after_report = upload_status = 'done',"
        " upload_status = case when upload_status in ('done', 'refused') then 'waiting' else upload_status end,"
        " uploaded_at = null, upload_refusals = 0 where order_id = %s and not corrected_after_report",
        (carrier_code, tracking_no, order_id),
    )
    return corrected == 1


async def take_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID) -> list[str]:
    """The order goes with this number. Answers the merchant's other orders with it, by their numbers.

    Who takes a number waits for the one who takes it at the same time, so that not both find it free.
    """
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended('fulfilment.parcel:' || %s::text || %s, 0))",
        (merchant_id, tracking_no),
    )
    await keep_number(tx, merchant_id, tracking_no, order_id)
    others = await tx.fetch_tuples(
        "select coalesce(s.number, t.number, p.order_id::text) from parcel_number p"
        " left join shipment s using (order_id) left join parcel_task t using (order_id)"
        " where p.merchant_id = %s and p.tracking_no = %s and p.order_id <> %s order by p.order_id",
        (merchant_id, tracking_no, order_id),
    )
    return [row[0] for row in others]


async def keep_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID) -> None:
    await tx.execute(
        "insert into parcel_number (merchant_id, tracking_no, order_id) values (%s, %s, %s) on conflict do nothing",
        (merchant_id, tracking_no, order_id),
    )


async def give_number_back(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID) -> None:
    """Unless it is the number that the order was sent with."""
    await tx.execute(
        "delete from parcel_number p where p.merchant_id = %(merchant)s and p.tracking_no = %(number)s"
        " and p.order_id = %(order)s and not exists (select 1 from shipment s"
        " where s.order_id = %(order)s and s.tracking_no = %(number)s)",
        {"merchant": merchant_id, "number": tracking_no, "order": order_id},
    )


async def insert_event(tx: WriteSession, event: TrackingEvent) -> None:
    await tx.execute(
        "insert into shipment_event (id, order_id, at, code, text, staff_id, wrong_carrier, wrong_no)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            event.id,
            event.order_id,
            event.at,
            ShipmentEventCode(event.code),
            event.text,
            event.staff_id,
            event.wrong_carrier,
            event.wrong_no,
        ),
    )


async def list_events(db: ReadSession, order_id: UUID) -> list[TrackingEvent]:
    """By the time at which it happened, newest first; of two at the same time the further one is the newer."""
    return await db.fetch_all(
        TrackingEvent,
        "select id, order_id, at, code, text, staff_id, wrong_carrier, wrong_no from shipment_event"
        " where order_id = %s order by at desc, array_position(%s::text[], code) desc, id desc",
        (order_id, [str(code) for code in ShipmentEventCode]),
    )


async def find_upload(db: ReadSession, order_id: UUID) -> Upload | None:
    return await db.fetch_one(
        Upload,
        "select upload_status as status, upload_attempts as attempts, upload_refusals as refusals,"
        " corrected_after_report as corrected, upload_error as error from shipment where order_id = %s",
        (order_id,),
    )


async def record_upload(
    tx: WriteSession,
    shipment: Shipment,
    status: UploadStatus,
    now: datetime,
    *,
    unanswered: int = 0,
    refused: int = 0,
    error: str | None = None,
) -> None:
    """The outcome of a try; `unanswered` and `refused` are added to what was counted before.

    If the number was corrected while the old one was being reported, this was the report, and the new number is its
    correction, which still waits.
    """
    recorded = await tx.execute(
        "update shipment set upload_status = %s, upload_attempts = upload_attempts + %s,"
        " upload_refusals = upload_refusals + %s, upload_error = coalesce(%s, upload_error), uploaded_at = %s"
        " where order_id = %s and upload_status = 'waiting' and (carrier_code, tracking_no) = (%s, %s)",
        (
            status,
            unanswered,
            refused,
            error,
            now if status is UploadStatus.DONE else None,
            shipment.order_id,
            shipment.carrier_code,
            shipment.tracking_no,
        ),
    )
    if not recorded and status is UploadStatus.DONE:
        await tx.execute(
            "update shipment set corrected_after_report = true where order_id = %s and upload_status = 'waiting'",
            (shipment.order_id,),
        )
