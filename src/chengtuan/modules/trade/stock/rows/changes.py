"""The trace of what people did to the stock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, request_id, sku_id, reason, note, before, after, staff_id, staff_name, at from stock_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChange:
    """Units in the house before and after; `staff_name` is the name they had then."""

    id: UUID
    request_id: UUID
    sku_id: UUID
    reason: str
    note: str
    before: int
    after: int
    staff_id: UUID
    staff_name: str
    at: datetime


async def find_change(tx: WriteSession, request_id: UUID) -> StockChange | None:
    return await tx.fetch_one(StockChange, _SELECT + " where request_id = %s", (request_id,))


async def insert_change(tx: WriteSession, change: StockChange) -> bool:
    """False if its request was answered before."""
    written = await tx.execute(
        "insert into stock_change (id, request_id, sku_id, reason, note, before, after, staff_id, staff_name, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (request_id) do nothing",
        (
            change.id,
            change.request_id,
            change.sku_id,
            change.reason,
            change.note,
            change.before,
            change.after,
            change.staff_id,
            change.staff_name,
            change.at,
        ),
    )
    return bool(written)


async def list_changes(db: ReadSession, sku_id: UUID, limit: int) -> list[StockChange]:
    """The newest first."""
    return await db.fetch_all(
        StockChange,
        _SELECT + " where sku_id = %s order by id desc limit %s",
        (sku_id, limit),
    )
