"""Orders with their refunds and opened addresses, for their buyer or their merchant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, decode_id_cursor, encode_cursor, instant, page_of
from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound
from chengtuan.modules.trade.orders.rows import views as order_views
from chengtuan.modules.trade.orders.rows.glimpses import Glimpse, find_glimpses, glimpses_of
from chengtuan.modules.trade.orders.rows.sealing import open_address, open_remark
from chengtuan.modules.trade.orders.rows.search import find_orders_by_query
from chengtuan.modules.trade.orders.rows.search_keys import keys_of_query
from chengtuan.modules.trade.orders.rows.views import OrderView
from chengtuan.modules.trade.orders.rules.query import OrderQuery
from chengtuan.modules.trade.states import OrderStatus
from chengtuan.platform.database import ViewSession
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.permissions import Scope

EVERY = tuple(OrderStatus)


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its parts, and with what was sealed."""

    glimpse: Glimpse
    address: Address
    remark: str

    @property
    def order(self) -> OrderView:
        return self.glimpse.order


Glance: TypeAlias = Gatherer[UUID, Glimpse]
"""Reads what a page shows of an order; orders that are looked at in one moment are read together."""


def glance_at_orders(ctx: TradeContext) -> Glance:
    async def find(order_ids: Sequence[UUID]) -> dict[UUID, Glimpse]:
        async with ctx.database.read() as db:
            glimpses = await find_glimpses(db, order_ids)
        return {glimpse.order.id: glimpse for glimpse in glimpses}

    return Gatherer(find)


async def read_order(
    ctx: TradeContext, glance: Glance, order_id: UUID, user_ids: Collection[UUID] | None
) -> OrderDetail:
    """`user_ids` None: of whoever just placed it. Raises OrderNotFound, also for somebody else's order."""
    found = await glance.find(order_id)
    if found is None or (user_ids is not None and found.order.user_id not in user_ids):
        raise OrderNotFound
    return _opened(ctx, found)


async def read_merchant_order(ctx: TradeContext, order_id: UUID, scope: Scope) -> OrderDetail:
    """Raises OrderNotFound, also for an order outside the scope."""
    async with ctx.database.read() as db:
        order = await order_views.find_order_in_scope(db, order_id, scope)
        if order is None:
            raise OrderNotFound
        return (await _details(ctx, db, [order]))[0]


async def list_orders(
    ctx: TradeContext, *, user_ids: Collection[UUID], statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[OrderDetail]:
    """Newest first. Raises BadCursor."""
    async with ctx.database.read() as db:
        rows = await order_views.list_orders_of_user(
            db, user_ids=user_ids, statuses=statuses or EVERY, before=decode_id_cursor(cursor), limit=limit + 1
        )
        return page_of(await _details(ctx, db, rows), limit, _cursor_of)


async def list_merchant_orders(
    ctx: TradeContext, *, scope: Scope, statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[OrderDetail]:
    """Newest first. Raises BadCursor."""
    async with ctx.database.view() as db:
        rows = await order_views.list_orders_in_scope(
            db, scope=scope, statuses=statuses or EVERY, before=decode_id_cursor(cursor), limit=limit + 1
        )
        return page_of(await _details(ctx, db, rows), limit, _cursor_of)


async def list_group_orders(
    ctx: TradeContext, *, scope: Scope, group_id: UUID, statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[OrderDetail]:
    """The orders of a group's members, newest first. Raises BadCursor."""
    before = decode_id_cursor(cursor)
    async with ctx.database.view() as db:
        rows = await order_views.list_orders_of_group(
            db, scope=scope, group_id=group_id, statuses=statuses, before=before, limit=limit + 1
        )
        return page_of(await _details(ctx, db, rows), limit, _cursor_of)


async def list_sale_orders(
    ctx: TradeContext, *, scope: Scope, sale_id: UUID, statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[OrderDetail]:
    """The orders of a flash sale, newest first. Raises BadCursor."""
    before = decode_id_cursor(cursor)
    async with ctx.database.view() as db:
        rows = await order_views.list_orders_of_activity(
            db, scope=scope, activity_id=sale_id, statuses=statuses, before=before, limit=limit + 1
        )
        return page_of(await _details(ctx, db, rows), limit, _cursor_of)


async def list_waiting_orders(ctx: TradeContext, *, scope: Scope, cursor: str | None, limit: int) -> Page[OrderDetail]:
    """Orders to ship, the one that waits longest first. Raises BadCursor."""
    after = decode_cursor(cursor, [instant, UUID])
    async with ctx.database.view() as db:
        rows = await order_views.list_orders_to_ship(db, scope=scope, after=after, limit=limit + 1)
        return page_of(await _details(ctx, db, rows), limit, _waiting_cursor)


async def search_orders(
    ctx: TradeContext, *, scope: Scope, query: OrderQuery, statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[OrderDetail]:
    """Orders that fit the query in one of its ways, newest first. Raises BadCursor."""
    async with ctx.database.view() as db:
        rows = await find_orders_by_query(
            db,
            scope=scope,
            query=query,
            keys=keys_of_query(ctx.keys, query),
            statuses=statuses,
            before=decode_id_cursor(cursor),
            limit=limit + 1,
        )
        return page_of(await _details(ctx, db, rows), limit, _cursor_of)


def _opened(ctx: TradeContext, glimpse: Glimpse) -> OrderDetail:
    order = glimpse.order
    remark = open_remark(ctx.keys, order.remark_sealed, order.remark)
    return OrderDetail(glimpse, open_address(ctx.keys, order.address_sealed), remark)


def _waiting_cursor(detail: OrderDetail) -> str:
    assert detail.order.ready_at is not None
    return encode_cursor(detail.order.ready_at.isoformat(), str(detail.order.id))


def _cursor_of(detail: OrderDetail) -> str:
    return encode_cursor(str(detail.order.id))


async def _details(ctx: TradeContext, db: ViewSession, orders: list[OrderView]) -> list[OrderDetail]:
    return [_opened(ctx, glimpse) for glimpse in await glimpses_of(db, orders)]


async def count_orders(ctx: TradeContext, user_ids: Collection[UUID]) -> dict[str, int]:
    """A buyer's orders by status."""
    async with ctx.database.view() as db:
        return await order_views.count_orders_of_user(db, user_ids)


async def count_merchant_orders(ctx: TradeContext, scope: Scope) -> dict[str, int]:
    """Orders by status, `MOST_COUNTED` of each at most."""
    async with ctx.database.view() as db:
        return await order_views.count_orders_in_scope(db, scope, EVERY)
