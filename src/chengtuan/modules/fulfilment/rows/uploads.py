"""How reporting an order's parcels to WeChat stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.fulfilment.rules.uploads import UploadStatus
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """`complete`: all parcels went. `corrected`: a number was corrected after all had been reported.

    `error` is what WeChat said when it refused last.
    """

    status: str
    attempts: int
    refusals: int
    complete: bool
    corrected: bool
    error: str | None


async def find_upload(db: ReadSession | WriteSession, order_id: UUID) -> Upload | None:
    return await db.fetch_one(
        Upload,
        "select upload_status as status, upload_attempts as attempts, upload_refusals as refusals,"
        " coalesce(parcels = (select count(*) from parcel p where p.order_id = s.order_id), false) as complete,"
        " corrected_after_report as corrected, upload_error as error from shipment s where order_id = %s",
        (order_id,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What was reported: the parcels as they were at a revision, and whether they were all."""

    order_id: UUID
    revision: int
    complete: bool


async def record_upload(
    tx: WriteSession,
    reported: Reported,
    status: UploadStatus,
    now: datetime,
    *,
    unanswered: int = 0,
    refused: int = 0,
    error: str | None = None,
) -> None:
    """The outcome of a try; `unanswered` and `refused` are added to what was counted before.

    A parcel that went, or a number that was corrected while this was being reported still waits. If all had been
    reported, that correction is the one that WeChat takes.
    """
    recorded = await tx.execute(
        "update shipment set upload_status = %s, upload_attempts = upload_attempts + %s,"
        " upload_refusals = upload_refusals + %s, upload_error = coalesce(%s, upload_error), uploaded_at = %s"
        " where order_id = %s and upload_status = 'waiting' and revision = %s",
        (
            status,
            unanswered,
            refused,
            error,
            now if status is UploadStatus.DONE else None,
            reported.order_id,
            reported.revision,
        ),
    )
    if not recorded and status is UploadStatus.DONE and reported.complete:
        await tx.execute(
            "update shipment set corrected_after_report = true where order_id = %s and upload_status = 'waiting'",
            (reported.order_id,),
        )
