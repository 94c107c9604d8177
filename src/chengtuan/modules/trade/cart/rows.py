"""All SQL of carts. A person has one cart, whatever ids its lines have: those of one variant are one line.

Whoever writes holds the person (`lock_buyer`), as whoever takes an order of theirs does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.goods.rows import SOLD_STOCK
from chengtuan.modules.trade.limits import MAX_CART_LINES, MAX_QUANTITY
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.inserting import insert

_REQUESTS_KEPT = timedelta(days=1)

_MINE: LiteralString = (
    "(select sku_id, least(sum(quantity), %(most)s)::int as quantity, max(version) as version,"
    " min(added_at) as added_at, (array_agg(unit_fen order by added_at desc))[1] as added_unit_fen"
    " from cart_line where user_id = any(%(ids)s) group by sku_id)"
)
_GOODS: LiteralString = (
    " join listing_sku s using (sku_id) join listing l using (product_id) left join " + SOLD_STOCK + " using (sku_id)"
)


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line with the goods as the shelf has them; `added_unit_fen` is what one cost when it was added."""

    sku_id: UUID
    product_id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    product_name: dict[str, str]
    sku_name: dict[str, str]
    image_url: str
    unit_fen: int
    list_fen: int | None
    added_unit_fen: int
    quantity: int
    version: int
    added_at: datetime
    published: bool
    active: bool
    available: int
    weighed: bool


async def read_lines(db: ReadSession | WriteSession, ids: Collection[UUID]) -> list[CartLine]:
    """The newest first."""
    return await db.fetch_all(
        CartLine,
        "select sku_id, s.product_id, l.merchant_id, l.merchant_name, l.name as product_name,"
        " s.name as sku_name, l.image_url, s.solo_price_fen as unit_fen,"
        # a product's list price is that of its only variant, as on the shelf
        " case when (select count(*) from listing_sku o where o.product_id = l.product_id and o.active) = 1"
        " then l.list_price_fen end as list_fen, m.added_unit_fen, m.quantity, m.version, m.added_at,"
        " l.published, s.active, coalesce(st.available, 0) as available,"
        " not exists (select from product_freight p join freight_template t on t.id = p.template_id"
        "  where p.product_id = l.product_id and t.unit = 'gram'"
        "  and not exists (select from sku_weight w where w.sku_id = s.sku_id)) as weighed"
        " from " + _MINE + " m" + _GOODS + " order by m.added_at desc, m.version desc",
        _of(ids),
    )


async def count_lines(db: ViewSession | WriteSession, ids: Collection[UUID]) -> int:
    count: int = await db.fetch_value(
        "select count(distinct sku_id) from cart_line where user_id = any(%(ids)s)", {"ids": list(ids)}
    )
    return count


@dataclass(frozen=True, slots=True)
class Held:
    """A line, as far as a change of it is judged."""

    quantity: int
    version: int


async def find_held(tx: WriteSession, ids: Collection[UUID], sku_id: UUID) -> Held | None:
    return await tx.fetch_one(
        Held,
        "select quantity, version from " + _MINE + " m where sku_id = %(sku)s",
        _of(ids) | {"sku": sku_id},
    )


@dataclass(frozen=True, slots=True)
class Goods:
    unit_fen: int
    available: int


async def find_goods(tx: WriteSession, sku_id: UUID) -> Goods | None:
    """None if it is not on sale."""
    return await tx.fetch_one(
        Goods,
        "select s.solo_price_fen as unit_fen, coalesce(st.available, 0) as available"
        " from (select %s::uuid as sku_id) asked" + _GOODS + " where s.active and l.published",
        (sku_id,),
    )


async def set_quantity(
    tx: WriteSession, ids: Collection[UUID], sku_id: UUID, quantity: int, *, unit_fen: int | None = None
) -> None:
    """Of a line that is there; `unit_fen`: they saw this price now. Of several ids' lines one is left."""
    await tx.execute(
        "with mine as (select user_id, row_number() over (order by user_id) as nth from cart_line"
        "  where user_id = any(%(ids)s) and sku_id = %(sku)s),"
        " gone as (delete from cart_line c using mine m"
        "  where c.user_id = m.user_id and c.sku_id = %(sku)s and m.nth > 1)"
        " update cart_line c set quantity = %(quantity)s, unit_fen = coalesce(%(unit)s, c.unit_fen), version = default"
        " from mine m where c.user_id = m.user_id and c.sku_id = %(sku)s and m.nth = 1",
        {"ids": list(ids), "sku": sku_id, "quantity": quantity, "unit": unit_fen},
    )


async def add_line(tx: WriteSession, user_id: UUID, sku_id: UUID, quantity: int, unit_fen: int) -> None:
    """In the first slot that is free; without one the constraint refuses it."""
    await tx.execute(
        "insert into cart_line (user_id, sku_id, slot, quantity, unit_fen, added_at)"
        " select %(user)s, %(sku)s, (select min(n) from generate_series(1, %(slots)s) n"
        "  where n not in (select slot from cart_line where user_id = %(user)s)), %(quantity)s, %(unit)s, %(now)s",
        {
            "user": user_id,
            "sku": sku_id,
            "slots": MAX_CART_LINES,
            "quantity": quantity,
            "unit": unit_fen,
            "now": tx.clock.now(),
        },
    )


async def remove_lines(tx: WriteSession, ids: Collection[UUID], sku_ids: Collection[UUID]) -> None:
    await tx.execute(
        "delete from cart_line where user_id = any(%s) and sku_id = any(%s)",
        (list(ids), list(sku_ids)),
    )


@dataclass(frozen=True, slots=True)
class Request:
    """Units to add, once for each `request_id` of a person."""

    user_id: UUID
    request_id: UUID
    sku_id: UUID
    quantity: int
    at: datetime


async def find_request(tx: WriteSession, ids: Collection[UUID], request_id: UUID) -> Request | None:
    return await tx.fetch_one(
        Request,
        "select user_id, request_id, sku_id, quantity, at from cart_request"
        " where user_id = any(%s) and request_id = %s",
        (list(ids), request_id),
    )


async def remember_request(tx: WriteSession, request: Request) -> None:
    """And forget what this person asked for long ago."""
    await tx.execute(
        "delete from cart_request where user_id = %s and at < %s", (request.user_id, request.at - _REQUESTS_KEPT)
    )
    await insert(tx, "cart_request", [request])


def _of(ids: Collection[UUID]) -> dict[str, object]:
    return {"ids": list(ids), "most": MAX_QUANTITY}
