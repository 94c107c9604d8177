"""Orders that wait for their parcels, and orders of which something was sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.fulfilment.rules.uploads import UploadStatus
from chengtuan.platform.arrays import array
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
    """An order of which something was sent. `parcels`: how many there are, None while pieces are left."""

    order_id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    parcels: int | None = None
    revision: int = 0


async def insert_tasks(tx: WriteSession, tasks: Sequence[ParcelTask]) -> None:
    """Those that wait already stay as they are."""
    await tx.execute(
        "insert into parcel_task (order_id, number, user_id, merchant_id, ready_at)"
        " select * from unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::timestamptz[])"
        " on conflict do nothing",
        (
            array(task.order_id for task in tasks),
            array(task.number for task in tasks),
            array(task.user_id for task in tasks),
            array(task.merchant_id for task in tasks),
            array(task.ready_at for task in tasks),
        ),
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


async def insert_shipment(tx: WriteSession, shipment: Shipment) -> None:
    """Unless something of the order was sent before."""
    await tx.execute(
        "insert into shipment (order_id, number, user_id, merchant_id, upload_status) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (shipment.order_id, shipment.number, shipment.user_id, shipment.merchant_id, UploadStatus.WAITING),
    )


async def find_shipment(db: ReadSession | WriteSession, order_id: UUID) -> Shipment | None:
    return await db.fetch_one(
        Shipment,
        "select order_id, number, user_id, merchant_id, parcels, revision from shipment where order_id = %s",
        (order_id,),
    )


async def lock_shipments_of_parcels(
    tx: WriteSession, merchant_id: UUID, parcel_ids: Collection[UUID]
) -> list[Shipment]:
    """Those of the merchant, always in the same order: two who want the same ones do not wait for each other."""
    return await tx.fetch_all(
        Shipment,
        "select order_id, number, user_id, merchant_id, parcels, revision from shipment"
        " where order_id in (select order_id from parcel where id = any(%s)) and merchant_id = %s"
        " order by order_id for update",
        (list(parcel_ids), merchant_id),
    )


async def grow(tx: WriteSession, order_id: UUID, parcels: int | None) -> None:
    """A parcel more is to be reported; `parcels`: it was the last of so many."""
    await tx.execute(
        "update shipment set revision = revision + 1, parcels = coalesce(%s, parcels),"
        " upload_status = case when upload_status = 'skipped' then upload_status else 'waiting' end,"
        " uploaded_at = null, upload_refusals = 0 where order_id = %s",
        (parcels, order_id),
    )
