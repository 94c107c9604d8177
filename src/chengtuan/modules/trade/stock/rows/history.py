"""What happened to a variant's stock, read from the ledger."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_MOVEMENT: LiteralString = (
    "select m.seq, m.sku_id, m.reason, m.note, m.delta_available, m.delta_reserved, m.available, m.reserved,"
    " o.id as order_id, o.number as order_number, f.activity_id as flash_sale_id, m.staff_name, m.at"
    " from stock_movement m left join shop_order o on m.subject_kind = 'order' and o.id = m.subject_id"
    " left join flash_allotment f on m.subject_kind = 'allotment' and f.id = m.subject_id where "
)


class Movers(StrEnum):
    PEOPLE = "people"
    ORDERS = "orders"


_BY: dict[Movers | None, LiteralString] = {
    None: "",
    Movers.PEOPLE: " and m.staff_id is not null",
    Movers.ORDERS: " and m.subject_kind = 'order'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """`available` and `reserved` are what it left behind; `staff_name` is the name they had then.

    `flash_sale_id`: what was set aside for a sale, or put back from it.
    """

    seq: int
    sku_id: UUID
    reason: str
    note: str
    delta_available: int
    delta_reserved: int
    available: int
    reserved: int
    order_id: UUID | None
    order_number: str | None
    flash_sale_id: UUID | None
    staff_name: str | None
    at: datetime

    @property
    def on_hand(self) -> int:
        return self.available + self.reserved

    @property
    def delta_on_hand(self) -> int:
        return self.delta_available + self.delta_reserved


async def find_request(tx: WriteSession, staff_id: UUID, request_id: UUID) -> Movement | None:
    """What this person's request was booked as."""
    return await tx.fetch_one(
        Movement,
        _MOVEMENT + "m.subject_kind = 'request' and m.staff_id = %s and m.subject_id = %s",
        (staff_id, request_id),
    )


async def list_movements(
    db: ReadSession, sku_id: UUID, *, by: Movers | None, beyond: int | None, limit: int
) -> list[Movement]:
    """The newest first; `beyond`: only those older than this one."""
    return await db.fetch_all(
        Movement,
        _MOVEMENT
        + "m.sku_id = %(sku)s and (%(beyond)s::bigint is null or m.seq < %(beyond)s)"
        + _BY[by]
        + " order by m.seq desc limit %(limit)s",
        {"sku": sku_id, "beyond": beyond, "limit": limit},
    )
