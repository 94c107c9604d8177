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
    """`text` is empty where the reporter had no own words; `staff_id` None where it was not a person."""

    id: UUID
    order_id: UUID
    at: datetime
    code: str
    text: str
    staff_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How reporting the shipment to WeChat stands."""

    status: str
    attempts: int
    refusals: int


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


async def insert_event(tx: WriteSession, event: TrackingEvent) -> None:
    await tx.execute(
        "insert into shipment_event (id, order_id, at, code, text, staff_id) values (%s, %s, %s, %s, %s, %s)",
        (event.id, event.order_id, event.at, ShipmentEventCode(event.code), event.text, event.staff_id),
    )


async def list_events(db: ReadSession, order_id: UUID) -> list[TrackingEvent]:
    """Newest first."""
    return await db.fetch_all(
        TrackingEvent,
        "select id, order_id, at, code, text, staff_id from shipment_event where order_id = %s"
        " order by at desc, id desc",
        (order_id,),
    )


async def find_upload(db: ReadSession, order_id: UUID) -> Upload | None:
    return await db.fetch_one(
        Upload,
        "select upload_status as status, upload_attempts as attempts, upload_refusals as refusals from shipment"
        " where order_id = %s",
        (order_id,),
    )


async def record_upload(
    tx: WriteSession,
    order_id: UUID,
    status: UploadStatus,
    now: datetime,
    *,
    unanswered: int = 0,
    refused: int = 0,
    error: str | None = None,
) -> None:
    """The outcome of a try; `unanswered` and `refused` are added to what was counted before."""
    await tx.execute(
        "update shipment set upload_status = %s, upload_attempts = upload_attempts + %s,"
        " upload_refusals = upload_refusals + %s, upload_error = coalesce(%s, upload_error), uploaded_at = %s"
        " where order_id = %s and upload_status = 'waiting'",
        (status, unanswered, refused, error, now if status is UploadStatus.DONE else None, order_id),
    )
