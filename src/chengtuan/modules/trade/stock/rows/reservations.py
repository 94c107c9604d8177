"""Reservations: units that orders hold, one statement for as many as there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.stock.rules import Holding, StockEnd
from chengtuan.platform.database import WriteSession

# Rows are locked in the order of their ids before any is changed: an UPDATE of many would lock them in any order.
_TAKE_CAPS = (
    "with held as materialized ("
    "  select id from campaign where id = any(%(ids)s) order by id for no key update)"
    " update campaign c set stock_taken = c.stock_taken + taken.n"
    " from unnest(%(ids)s::uuid[], %(units)s::int[]) as taken(id, n) join held using (id) where c.id = taken.id"
)
_CHANGE: LiteralString = (
    "with held as materialized ("
    "  select sku_id from stock where sku_id = any(%(ids)s) order by sku_id for no key update)"
    " update stock s set {change}"
    " from unnest(%(ids)s::uuid[], %(units)s::int[]) as moved(sku_id, n) join held using (sku_id)"
    " where s.sku_id = moved.sku_id"
)
_RESERVE = _CHANGE.replace("{change}", "available = s.available - moved.n, reserved = s.reserved + moved.n")
_END = {
    StockEnd.COMMIT: _CHANGE.replace("{change}", "reserved = s.reserved - moved.n, on_hand = s.on_hand - moved.n"),
    StockEnd.RELEASE: _CHANGE.replace("{change}", "reserved = s.reserved - moved.n, available = s.available + moved.n"),
}
_INSERT_MOVEMENTS = (
    "insert into stock_movement (order_id, sku_id, kind, quantity, at)"
    " select order_id, sku_id, %(kind)s, quantity, %(now)s from unnest(%(orders)s::uuid[], %(skus)s::uuid[],"
    " %(quantities)s::int[]) as moved(order_id, sku_id, quantity)"
)


async def take_caps(tx: WriteSession, units: Mapping[UUID, int]) -> None:
    """So many units more of each campaign's cap are taken; below zero, given back."""
    if units:
        taken(tx, Lock.CAMPAIGN, units)
        await tx.execute(_TAKE_CAPS, {"ids": list(units), "units": list(units.values())})


async def reserve(tx: WriteSession, holdings: Sequence[Holding], now: datetime) -> None:
    await _move(tx, _RESERVE, "reserve", holdings, now)


async def end(tx: WriteSession, holdings: Sequence[Holding], end: StockEnd, now: datetime) -> None:
    await _move(tx, _END[end], "end", holdings, now)


async def _move(
    tx: WriteSession, statement: LiteralString, kind: str, holdings: Sequence[Holding], now: datetime
) -> None:
    if not holdings:
        return
    by_sku: dict[UUID, int] = {}
    for holding in holdings:
        by_sku[holding.sku_id] = by_sku.get(holding.sku_id, 0) + holding.quantity
    taken(tx, Lock.STOCK, by_sku)
    await tx.execute(
        _INSERT_MOVEMENTS,
        {
            "kind": kind,
            "now": now,
            "orders": [holding.order_id for holding in holdings],
            "skus": [holding.sku_id for holding in holdings],
            "quantities": [holding.quantity for holding in holdings],
        },
    )
    await tx.execute(statement, {"ids": list(by_sku), "units": list(by_sku.values())})
