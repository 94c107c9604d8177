"""Stores the orders that an admission took, in one round trip."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chengtuan.modules.trade.activities.rules.progress import progress_of
from chengtuan.modules.trade.admission.rows.records import (
    NewOrder,
    instalment_record,
    order_record,
    search_record,
    seat_record,
)
from chengtuan.modules.trade.admission.rules.wish import Taken
from chengtuan.modules.trade.flash.moves.settle_holds import OrderedHold, free_for_orders, tell_ordered
from chengtuan.modules.trade.limits import MAX_QUANTITY
from chengtuan.modules.trade.orders.rows.united import remember_united
from chengtuan.modules.trade.states import GroupStatus
from chengtuan.modules.trade.stock.moves import reserve
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.platform.arrays import array
from chengtuan.platform.database import WriteSession
from chengtuan.platform.inserting import insert


async def write_orders(tx: WriteSession, orders: Sequence[NewOrder], now: datetime) -> None:
    """Store taken wishes, as of when they were judged. The contended rows are locked.

    The statements carry no conditions of their own: one that quietly changed nothing would hide from the
    constraints, which refuse whatever the rules let through by mistake.
    """
    joined = [order for order in orders if order.taken.wish.group_id is not None]
    grouped = [order for order in orders if order.taken.group_id is not None]
    held = [_held(order.taken) for order in orders if order.taken.wish.hold_id is not None]
    async with tx.pipelined():
        await _open_groups(tx, [order.taken for order in orders if order.taken.opens is not None], now)
        await tx.execute_many(_LOCK_SEATS, _units((order.taken.group_id, 1) for order in joined))
        await free_for_orders(tx, held, now)
        await reserve(tx, [holding for order in orders for holding in _holdings(order.taken)])
        await insert(tx, "shop_order", [order_record(order, now) for order in orders])
        await insert(tx, "order_line", [line for order in orders for line in order.lines])
        await insert(tx, "order_adjustment", [row for order in orders for row in order.adjustments])
        await insert(tx, "instalment", [instalment_record(order) for order in orders])
        await insert(tx, "order_search", [search_record(order) for order in orders])
        await tell_ordered(tx, held)
        await insert(tx, "seat", [seat_record(order, now) for order in grouped])
        wishes = [order.taken.wish for order in orders]
        await remember_united(tx, ((absorbed, wish.user_id) for wish in wishes for absorbed in wish.absorbed))
        await tx.execute_many(_LEAVE_CART, _from_carts(orders))


def _units(taken: Iterable[tuple[UUID | None, int]]) -> list[dict[str, Any]]:
    """A batch changes each contended row once, in the order of ids: {id, n}."""
    sums: dict[UUID, int] = {}
    for row_id, count in taken:
        assert row_id is not None
        sums[row_id] = sums.get(row_id, 0) + count
    return [{"id": row_id, "n": count} for row_id, count in sorted(sums.items())]


_INSERT_GROUPS = (
    # a group keeps the terms it was opened on, to the letter
    "insert into buy_group (id, activity_id, product_id, merchant_id, initiator_id, status, terms, eligibility, seats,"
    " goal, missing, locked, paid, created_at) select n.id, a.id, a.product_id, a.merchant_id, n.initiator_id,"
    " %(status)s, a.terms, a.eligibility, n.seats, n.goal, n.missing, 1, 0, %(now)s"
    " from unnest(%(groups)s::uuid[], %(activities)s::uuid[], %(initiators)s::uuid[], %(seats)s::int[],"
    "  %(goals)s::text[], %(missing)s::int[]) n(id, activity_id, initiator_id, seats, goal, missing)"
    " join activity a on a.id = n.activity_id"
)
_LOCK_SEATS = "update buy_group set locked = locked + %(n)s, version = version + %(n)s where id = %(id)s"


_LEAVE_CART = (
    # several ids are one person with one cart: what is left of a variant stays on one line, the rest of them go
    "with bought as (select * from unnest(%(skus)s::uuid[], %(units)s::int[]) b(sku_id, units)),"
    " mine as (select c.user_id, c.sku_id, least(sum(c.quantity) over variant, %(most)s)::int - b.units as rest,"
    "  row_number() over (variant order by c.user_id) as nth from cart_line c join bought b using (sku_id)"
    "  where c.user_id = any(%(ids)s) window variant as (partition by c.sku_id)),"
    " gone as (delete from cart_line c using mine m"
    "  where (c.user_id, c.sku_id) = (m.user_id, m.sku_id) and (m.nth > 1 or m.rest = 0))"
    " update cart_line c set quantity = m.rest, version = default from mine m"
    " where (c.user_id, c.sku_id) = (m.user_id, m.sku_id) and m.nth = 1 and m.rest <> 0"
)


def _from_carts(orders: Sequence[NewOrder]) -> list[dict[str, Any]]:
    return [
        {
            "ids": sorted(wish.buyer_ids),
            "skus": [line.sku_id for line in wish.lines],
            "units": [line.quantity for line in wish.lines],
            "most": MAX_QUANTITY,
        }
        for wish in (order.taken.wish for order in orders)
        if wish.from_cart
    ]


async def _open_groups(tx: WriteSession, openings: Sequence[Taken], now: datetime) -> None:
    terms = [taken.opens for taken in openings if taken.opens]
    if not terms:
        return
    progress = [progress_of(each.people, 0) for each in terms]
    await tx.execute(
        _INSERT_GROUPS,
        {
            "status": GroupStatus.DRAFT,
            "now": now,
            "groups": array(taken.group_id for taken in openings),
            "activities": array(taken.activity_id for taken in openings),
            "initiators": array(taken.wish.user_id for taken in openings),
            "seats": array(each.seats for each in terms),
            "goals": array(each.goal for each in progress),
            "missing": array(each.missing for each in progress),
        },
    )


def _held(taken: Taken) -> OrderedHold:
    hold_id, sale_id = taken.wish.hold_id, taken.activity_id
    assert hold_id is not None
    assert sale_id is not None
    return OrderedHold(hold_id, sale_id, _holdings(taken)[0])


def _holdings(taken: Taken) -> list[Holding]:
    return [
        Holding(taken.wish.order_id, line.line, line.sku_id, line.quantity, taken.activity_id)
        for line in taken.priced.lines
    ]
