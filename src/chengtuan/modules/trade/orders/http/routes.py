"""A shopper's own orders: find, follow, receive."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound, WrongOrderState
from chengtuan.modules.trade.orders.http import present, schemas
from chengtuan.modules.trade.orders.usecases.confirm_receipt import confirm_receipt
from chengtuan.modules.trade.orders.usecases.read_order import Glance, count_orders, list_orders, read_order
from chengtuan.modules.trade.states import OrderStatus
from chengtuan.modules.trade.topics import order_topic
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.waiting import NO_PLACE, Wait


def order_routes(ctx: TradeContext, glance: Glance) -> APIRouter:
    router = Section(prefix="/api/v1/trade/orders", tags=["trade"])

    @router.get("", responses=problems(NotSignedIn, BadCursor))
    async def list_own_orders(
        shopper: CurrentShopper,
        status: Annotated[list[schemas.OrderStatusName] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.OrderPage:
        """Newest first; `status` may be repeated."""
        statuses = [str(item) for item in status] if status else None
        page = await list_orders(ctx, user_ids=shopper.ids, statuses=statuses, cursor=cursor, limit=limit)
        now = ctx.clock.now()
        items = [present.order(detail, now) for detail in page.items]
        return schemas.OrderPage(items=items, next_cursor=page.next_cursor, now=now)

    @router.get("/counts", responses=problems(NotSignedIn))
    async def count_own_orders(shopper: CurrentShopper) -> schemas.OrderCounts:
        """The shopper's orders by status."""
        return schemas.OrderCounts(**await count_orders(ctx, shopper.ids))

    @router.get("/{order_id}", response_model=schemas.Order, responses=problems(NotSignedIn, OrderNotFound, *NO_PLACE))
    @direct
    async def read_own_order(order_id: UUID, shopper: CurrentShopper, request: Request, wait: Wait = 0) -> Response:
        """One of the shopper's own orders; with `wait`, one that is to be paid once it is paid or given up."""
        with ctx.waiting.turn(request, order_topic(order_id), wait, shopper.user_id) as turn:
            while True:
                found = await read_order(ctx, glance, order_id, shopper.ids)
                if found.order.status != OrderStatus.PENDING_PAYMENT or not await turn.again():
                    return present.answer(found, ctx.clock.now())

    @router.post(
        "/{order_id}/confirm-receipt",
        response_model=schemas.Order,
        responses=problems(NotSignedIn, OrderNotFound, WrongOrderState),
    )
    async def confirm_order_receipt(order_id: UUID, shopper: CurrentShopper) -> Response:
        """The goods arrived."""
        await confirm_receipt(ctx, shopper.ids, order_id)
        return await present.shown_order(ctx, glance, order_id, shopper.ids)

    return router
