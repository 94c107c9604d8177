"""What a batch of holds is judged by: the sales' stock locked first, and all else as it is from then on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.with_terms import PER_DEVICE
from chengtuan.modules.trade.flash.rows.holds import EARLIER, Earlier, earlier_of
from chengtuan.modules.trade.flash.rows.stock import LOCK_STOCK, FlashStock
from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleSnapshot, SaleTerms
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.states import TAKING
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession

_SALES: LiteralString = (
    "select a.id, a.starts_at, a.ends_at, a.stopped_at, a.per_user_limit,"
    " " + PER_DEVICE + " as per_device,"
    " array(select s.sku_id from listing_sku s join listing l using (product_id)"
    "  where s.product_id = a.product_id and s.active and l.published) as skus"
    " from activity a where a.id = any(%(sales)s) and a.kind = 'flash'"
)
_EVERYBODY: LiteralString = (
    # accounts may know of a union that nobody bought under yet, and trade of one that a session is too old for
    "with center as (select unnest(%(users)s::uuid[]) as id"
    "  union select user_id from united_buyer where absorbed_id = any(%(users)s)),"
    " everybody as (select id from center"
    "  union select absorbed_id from united_buyer where user_id in (select id from center))"
)


@dataclass(frozen=True, slots=True)
class _United:
    absorbed_id: UUID
    user_id: UUID


_UNITED: LiteralString = "select absorbed_id, user_id from united_buyer where absorbed_id = any(%(users)s)"


@dataclass(frozen=True, slots=True)
class _Had:
    activity_id: UUID
    person: UUID
    units: int


_HAD: LiteralString = (
    # `offset 0` keeps one look into the index for each person: a plan made while a sale has no holds would rather
    # compare everybody with all of them
    _EVERYBODY + " select h.activity_id, coalesce(u.user_id, h.user_id) as person, sum(h.quantity)::int as units"
    " from unnest(%(sales)s::uuid[]) s cross join everybody e cross join lateral (select * from flash_hold"
    "  where activity_id = s and user_id = e.id and status = any(%(taking)s) offset 0) h"
    " left join united_buyer u on u.absorbed_id = h.user_id group by 1, 2"
)


@dataclass(frozen=True, slots=True)
class _OnDevice:
    activity_id: UUID
    device: UUID
    person: UUID


_ON_DEVICE: LiteralString = (
    "select distinct h.activity_id, h.device, coalesce(u.user_id, h.user_id) as person"
    " from unnest(%(sales)s::uuid[]) s cross join unnest(%(devices)s::uuid[]) d cross join lateral"
    "  (select * from flash_hold where activity_id = s and device = d and status = any(%(taking)s) offset 0) h"
    " left join united_buyer u on u.absorbed_id = h.user_id"
)


async def lock_sales(tx: WriteSession, wishes: Sequence[HoldWish], now: datetime) -> SaleSnapshot:
    """In one round trip. The lock is the first statement: what the others read cannot change any more."""
    sales = sorted({wish.sale_id for wish in wishes})
    asked = [(user_id, wish.request_id) for wish in wishes for user_id in wish.ids]
    devices = {wish.device for wish in wishes if wish.device is not None}
    params: dict[str, object] = {
        "sales": sales,
        "users": array(user_id for user_id, _ in asked),
        "requests": array(request_id for _, request_id in asked),
        "devices": array(devices),
        "taking": array(TAKING),
    }
    taken(tx, Lock.FLASH, sales)
    queries: list[tuple[Any, LiteralString, dict[str, object]]] = [
        (FlashStock, LOCK_STOCK, params),
        (SaleTerms, _SALES, params),
        (_United, _UNITED, params),
        (_Had, _HAD, params),
        (Earlier, EARLIER, params),
    ]
    if devices:
        queries.append((_OnDevice, _ON_DEVICE, params))
    stock, terms, united, had, earlier, *found = await tx.fetch_each(*queries)
    on_device: dict[tuple[UUID, UUID], set[UUID]] = {}
    for row in found[0] if found else ():
        on_device.setdefault((row.activity_id, row.device), set()).add(row.person)
    return SaleSnapshot(
        now=now,
        sales={row.id: row for row in terms},
        free={(row.activity_id, row.sku_id): row.free for row in stock},
        had={(row.activity_id, row.person): row.units for row in had},
        on_device=on_device,
        people={row.absorbed_id: row.user_id for row in united},
        earlier=earlier_of(earlier),
    )


async def units_had(db: ReadSession, sale_id: UUID, ids: Collection[UUID]) -> int:
    """Units of a sale that a person holds or has orders of, as of now; `ids` are those of the person that are known."""
    params = {"sales": [sale_id], "users": array(ids), "taking": array(TAKING)}
    return sum(row.units for row in await db.fetch_all(_Had, _HAD, params))


async def terms_of_sales(db: ReadSession | WriteSession, sale_ids: Collection[UUID]) -> dict[UUID, SaleTerms]:
    """As they are at the moment."""
    if not sale_ids:
        return {}
    rows = await db.fetch_all(SaleTerms, _SALES, {"sales": list(sale_ids)})
    return {row.id: row for row in rows}
