"""Orders as merchants' staff see them. Staff of the platform see all merchants and change nothing."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound
from chengtuan.modules.trade.orders.http import present, schemas
from chengtuan.modules.trade.orders.rules.query import as_masked, order_query
from chengtuan.modules.trade.orders.usecases.read_order import (
    count_merchant_orders,
    list_group_orders,
    list_merchant_orders,
    list_sale_orders,
    list_waiting_orders,
    read_merchant_order,
    search_orders,
)
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.typed_fields import Line
from chengtuan.platform.permissions import Permission

_WHO = (NotSignedIn, NotAllowed)
OrderReader = Annotated[Staff, may(Permission.ORDERS_READ)]
RefundReader = Annotated[Staff, may(Permission.REFUNDS_READ)]
RefundRetrier = Annotated[Staff, may(Permission.REFUNDS_RETRY)]


def console_order_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console", tags=["console"])
    _order_routes(router, ctx)
    return router


def _order_routes(router: APIRouter, ctx: TradeContext) -> None:
    @router.get("/orders", responses=problems(*_WHO, BadCursor))
    async def list_console_orders(
        staff: OrderReader,
        *,
        status: Annotated[list[schemas.OrderStatusName] | None, Query()] = None,
        q: Annotated[Annotated[str, Line(100)] | None, Query()] = None,
        group_id: UUID | None = None,
        flash_sale_id: UUID | None = None,
        sort: Literal["newest", "waiting"] = "newest",
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.OrderPage:
        """Newest first; `status` may be repeated.

        `q` finds orders by their number or its last digits, the recipient's phone or its last four digits, the
        recipient's name, a parcel's number, or the name of the goods. Without `orders:contact` a phone is looked for by
        its last four digits alone, which are shown, and a recipient's name not at all. Without `q`,
        `group_id` lists the orders of a group's members, and `flash_sale_id` those of a flash sale. `sort=waiting`
        without any of them lists the orders to ship, whatever `status` is, the one that waits longest first.
        """
        statuses = [str(item) for item in status] if status else None
        scope = staff.scope
        if q:
            contact = Permission.ORDERS_CONTACT in staff.permissions
            query = order_query(q) if contact else as_masked(order_query(q))
            page = await search_orders(ctx, scope=scope, query=query, statuses=statuses, cursor=cursor, limit=limit)
        elif group_id:
            page = await list_group_orders(
                ctx, scope=scope, group_id=group_id, statuses=statuses, cursor=cursor, limit=limit
            )
        elif flash_sale_id:
            page = await list_sale_orders(
                ctx, scope=scope, sale_id=flash_sale_id, statuses=statuses, cursor=cursor, limit=limit
            )
        elif sort == "waiting":
            page = await list_waiting_orders(ctx, scope=scope, cursor=cursor, limit=limit)
        else:
            page = await list_merchant_orders(ctx, scope=scope, statuses=statuses, cursor=cursor, limit=limit)
        now = ctx.clock.now()
        items = [present.console_order(detail, staff, now) for detail in page.items]
        return schemas.OrderPage(items=items, next_cursor=page.next_cursor, now=now)

    @router.get("/orders/counts", responses=problems(*_WHO))
    async def count_console_orders(staff: OrderReader) -> schemas.OrderCounts:
        """The merchant's orders by status."""
        return schemas.OrderCounts(**await count_merchant_orders(ctx, staff.scope))

    @router.get("/orders/{order_id}", responses=problems(*_WHO, OrderNotFound))
    async def read_console_order(order_id: UUID, staff: OrderReader) -> schemas.Order:
        """One order; its recipient and remark are masked for those without `orders:contact`."""
        detail = await read_merchant_order(ctx, order_id, staff.scope)
        return present.console_order(detail, staff, ctx.clock.now())
