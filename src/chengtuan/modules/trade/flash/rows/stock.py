"""What there is of a flash sale. All of a sale's variants are locked together, and with them everybody's holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.topics import FLASH_ZONE, flash_free_topic, flash_topic
from chengtuan.platform.arrays import array
from chengtuan.platform.database import WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.live import TELL, telling


@dataclass(slots=True)
class FlashStock:
    """Units of a variant in a sale."""

    activity_id: UUID
    sku_id: UUID
    allotted: int
    held: int
    sold: int

    @property
    def free(self) -> int:
        return self.allotted - self.held - self.sold


LOCK_STOCK: LiteralString = (
    "select activity_id, sku_id, allotted, held, sold from flash_stock where activity_id = any(%(sales)s)"
    " order by activity_id, sku_id for update"
)


async def lock_flash_stock(tx: WriteSession, sale_ids: Iterable[UUID]) -> list[FlashStock]:
    """Nobody else takes of these sales or gives back before the transaction ends."""
    ids = sorted(sale_ids)
    if not ids:
        return []
    taken(tx, Lock.FLASH, ids)
    return await tx.fetch_all(FlashStock, LOCK_STOCK, {"sales": ids})


async def lock_free_sales(tx: WriteSession, sale_ids: Iterable[UUID]) -> set[UUID]:
    """The same without waiting for anybody: those of these sales whose stock is locked here now, all of it."""
    ids = sorted(sale_ids)
    rows = await tx.fetch_tuples(
        "with ours as materialized (select activity_id, sku_id from flash_stock where activity_id = any(%(sales)s)"
        " order by activity_id, sku_id for update skip locked)"
        " select distinct activity_id from flash_stock where activity_id = any(%(sales)s)"
        " and (activity_id, sku_id) not in (select activity_id, sku_id from ours)",
        {"sales": ids},
    )
    free = set(ids) - {row[0] for row in rows}
    taken(tx, Lock.FLASH, free)
    return free


@dataclass(frozen=True, slots=True)
class StockRecord:
    activity_id: UUID
    sku_id: UUID
    allotted: int


@dataclass(frozen=True, slots=True)
class AllotmentRecord:
    id: UUID
    activity_id: UUID
    sku_id: UUID
    units: int
    staff_id: UUID | None
    request_id: UUID | None
    created_at: datetime


async def open_stock(tx: WriteSession, allotments: Sequence[AllotmentRecord]) -> None:
    """What a new sale begins with."""
    await insert(tx, "flash_stock", [StockRecord(each.activity_id, each.sku_id, each.units) for each in allotments])
    await insert(tx, "flash_allotment", allotments)
    announce(tx, {each.activity_id for each in allotments}, zone=True)


async def allot(tx: WriteSession, allotments: Sequence[AllotmentRecord]) -> None:
    """Units more of each, or fewer: inside a transaction that holds the sales' stock."""
    await insert(tx, "flash_allotment", allotments)
    await move(tx, {(each.activity_id, each.sku_id): Moved(allotted=each.units) for each in allotments})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Units more, or below zero fewer."""

    allotted: int = 0
    held: int = 0
    sold: int = 0

    @property
    def freed(self) -> int:
        return self.allotted - self.held - self.sold


async def move(tx: WriteSession, changes: Mapping[tuple[UUID, UUID], Moved]) -> None:
    """Change the sales' stock, by sale and variant: inside a transaction that holds it. Constraints refuse mistakes."""
    if not changes:
        return
    announce(tx, {sale_id for sale_id, _ in changes})
    if freed := {sale_id for (sale_id, _), moved in changes.items() if moved.freed > 0}:
        await open_doors(tx, freed)
    await tx.execute(
        "update flash_stock f set allotted = f.allotted + m.allotted, held = f.held + m.held, sold = f.sold + m.sold"
        " from unnest(%(sales)s::uuid[], %(skus)s::uuid[], %(allotted)s::int[], %(held)s::int[], %(sold)s::int[])"
        " m(activity_id, sku_id, allotted, held, sold)"
        " where (f.activity_id, f.sku_id) = (m.activity_id, m.sku_id)",
        {
            "sales": array(sale_id for sale_id, _ in changes),
            "skus": array(sku_id for _, sku_id in changes),
            "allotted": array(moved.allotted for moved in changes.values()),
            "held": array(moved.held for moved in changes.values()),
            "sold": array(moved.sold for moved in changes.values()),
        },
    )


async def find_allotment(tx: WriteSession, staff_id: UUID, request_id: UUID) -> AllotmentRecord | None:
    """What this person's request set aside."""
    return await tx.fetch_one(
        AllotmentRecord,
        "select id, activity_id, sku_id, units, staff_id, request_id, created_at from flash_allotment"
        " where staff_id = %s and request_id = %s",
        (staff_id, request_id),
    )


def announce(tx: WriteSession, sale_ids: Iterable[UUID], *, zone: bool = False) -> None:
    """Pages of these sales move once this has committed; `zone`: which sales there are changes, too."""
    tx.touch(*(flash_topic(sale_id) for sale_id in sale_ids))
    if zone:
        tx.touch(FLASH_ZONE)


async def open_doors(tx: WriteSession, sale_ids: Iterable[UUID]) -> None:
    """Nobody may go on refusing without looking, in whatever process, once this has committed."""
    topics = [flash_free_topic(sale_id) for sale_id in sorted(sale_ids)]
    tx.touch(*topics)
    await tx.execute(TELL, telling(topics))
