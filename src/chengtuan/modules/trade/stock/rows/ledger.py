"""The one door to stock: a movement is booked and the stock follows, in one statement and by the same numbers.

The statement locks the stock in the order of ids, books each movement with what it leaves behind, and changes each
row once. A movement of what is nowhere in stock breaks a constraint instead of being forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.goods.rows import SOLD_STOCK
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.stock.rules import Allotment, Holding, Reason, Stock
from chengtuan.modules.trade.topics import OFFER, stock_topic
from chengtuan.platform.arrays import array
from chengtuan.platform.database import WriteSession

_BOOK: LiteralString = """
    with moved as materialized (
        select m.*, ({place}) as place_id
        from unnest(%(skus)s::uuid[], %(subjects)s::uuid[], %(lines)s::int[], %(available)s::int[],
            %(reserved)s::int[]) with ordinality as m(sku_id, subject_id, line, available, reserved, nth)),
    held as materialized (
        select s.sku_id, s.place_id, s.available, s.reserved from stock s
        where s.sku_id = any(%(skus)s::uuid[]) and (s.sku_id, s.place_id) in (select sku_id, place_id from moved)
        order by s.sku_id, s.place_id for no key update of s),
    booked as (
        insert into stock_movement (sku_id, place_id, reason, subject_kind, subject_id, line, delta_available,
            delta_reserved, available, reserved, at, staff_id, staff_name, note, parcel_id)
        select m.sku_id, m.place_id, %(reason)s, '{subject}', m.subject_id, m.line, m.available, m.reserved,
            held.available + sum(m.available) over so_far, held.reserved + sum(m.reserved) over so_far,
            %(at)s, %(staff_id)s::uuid, %(staff_name)s::text, %(note)s, %(parcel_id)s::uuid
        from moved m left join held using (sku_id, place_id)
        window so_far as (partition by m.sku_id, m.place_id order by m.nth rows unbounded preceding)
        order by m.nth {repeated}
        returning sku_id, place_id, delta_available, delta_reserved)
    update stock s set available = s.available + b.available, reserved = s.reserved + b.reserved,
        on_hand = s.on_hand + b.available + b.reserved
    from (select sku_id, place_id, sum(delta_available)::int as available, sum(delta_reserved)::int as reserved
        from booked group by 1, 2) b
    where s.sku_id = any(%(skus)s::uuid[]) and s.sku_id = b.sku_id and s.place_id = b.place_id"""
# `any` twice: the planner does not know how few rows a CTE has, and would read all stock for a batch of fifty
_IN_MAIN_PLACE: LiteralString = "select st.place_id from " + SOLD_STOCK + " where st.sku_id = m.sku_id"
_WHERE_RESERVED: LiteralString = (
    "select r.place_id from stock_movement r where r.subject_id = m.subject_id and r.line = m.line"
    " and r.subject_kind = 'order' and r.reason = 'reserved'"
)
# the last unit went, or the first one came back
_TOUCHED: LiteralString = (
    " returning case when (s.available > 0) <> (s.available - b.available > 0)"
    " then '" + OFFER + "' || (select l.product_id from listing_sku l where l.sku_id = s.sku_id) end"
)
_FOR_ORDERS: LiteralString = _BOOK.replace("{subject}", "order").replace("{repeated}", "") + _TOUCHED
_TAKE = _FOR_ORDERS.replace("{place}", _IN_MAIN_PLACE)
_END = _FOR_ORDERS.replace("{place}", _WHERE_RESERVED)
_FOR_PEOPLE = (
    _BOOK.replace("{subject}", "request")
    .replace("{place}", _IN_MAIN_PLACE)
    .replace("{repeated}", "on conflict (staff_id, subject_id) where subject_kind = 'request' do nothing")
    + " returning s.sku_id, s.on_hand, s.available, s.reserved"
)
_FOR_ALLOTMENTS = (
    _BOOK.replace("{subject}", "allotment").replace("{place}", _IN_MAIN_PLACE).replace("{repeated}", "") + _TOUCHED
)
_OFFER_OF: LiteralString = "select '" + OFFER + "' || product_id from listing_sku where sku_id = %s"
_SIGNS = {
    Reason.RESERVED: (-1, 1),
    Reason.SHIPPED: (0, -1),
    Reason.RELEASED: (1, -1),
    Reason.SET_ASIDE: (-1, 1),
    Reason.PUT_BACK: (1, -1),
}
_WHERE_IT_LIES = frozenset((Reason.SHIPPED, Reason.RELEASED))


async def book_for_orders(
    tx: WriteSession, reason: Reason, holdings: Sequence[Holding], at: datetime, *, parcel_id: UUID | None = None
) -> None:
    """Orders take from the main place, and where flash sales keep it; what was reserved ends where it is, shipped in a
    parcel or given back."""
    if not holdings:
        return
    _announce(tx, {holding.sku_id for holding in holdings})
    available, reserved = _SIGNS[reason]
    params: dict[str, Any] = {
        "skus": array(holding.sku_id for holding in holdings),
        "subjects": array(holding.order_id for holding in holdings),
        "lines": array(holding.line for holding in holdings),
        "available": array(available * holding.quantity for holding in holdings),
        "reserved": array(reserved * holding.quantity for holding in holdings),
        "reason": reason,
        "at": at,
        "staff_id": None,
        "staff_name": None,
        "note": "",
        "parcel_id": parcel_id,
    }
    await tx.execute_touching(_END if reason in _WHERE_IT_LIES else _TAKE, params)


async def book_for_allotments(
    tx: WriteSession, reason: Reason, allotments: Sequence[Allotment], at: datetime, *, editor: Editor | None = None
) -> None:
    """Set aside in the main place, or put back there, all for the same reason; `editor` is whose decision it was."""
    if not allotments:
        return
    _announce(tx, {allotment.sku_id for allotment in allotments})
    params: dict[str, Any] = {
        "skus": array(allotment.sku_id for allotment in allotments),
        "subjects": array(allotment.id for allotment in allotments),
        "lines": array(1 for _ in allotments),
        "available": array(-allotment.units for allotment in allotments),
        "reserved": array(allotment.units for allotment in allotments),
        "reason": reason,
        "at": at,
        "staff_id": editor.staff_id if editor else None,
        "staff_name": editor.name if editor else None,
        "note": "",
        "parcel_id": None,
    }
    await tx.execute_touching(_FOR_ALLOTMENTS, params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person wants booked; `id` is new for every wish of theirs, and the same when it is sent again."""

    id: UUID
    sku_id: UUID
    reason: Reason
    note: str
    editor: Editor


async def book_for_person(tx: WriteSession, request: Request, delta: int, at: datetime) -> Stock | None:
    """So many free units more, or fewer; None if this request of this person was booked before."""
    _announce(tx, {request.sku_id})
    await tx.execute_touching(_OFFER_OF, (request.sku_id,))
    params: dict[str, Any] = {
        "skus": [request.sku_id],
        "subjects": [request.id],
        "lines": [1],
        "available": [delta],
        "reserved": [0],
        "reason": request.reason,
        "at": at,
        "staff_id": request.editor.staff_id,
        "staff_name": request.editor.name,
        "note": request.note,
        "parcel_id": None,
    }
    return await tx.fetch_one(Stock, _FOR_PEOPLE, params)


def _announce(tx: WriteSession, sku_ids: set[UUID]) -> None:
    taken(tx, Lock.STOCK, sku_ids)
    tx.touch(*(stock_topic(sku_id) for sku_id in sku_ids))
