"""A shopper's own orders: buy, pay, follow, cancel, receive."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotSignedIn, Overloaded, PartnerUnavailable, TooManyRequests
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import OrderNotFound, WrongOrderState
from chengtuan.modules.trade.http import present_orders, schemas
from chengtuan.modules.trade.usecases.cancel_order import cancel_order
from chengtuan.modules.trade.usecases.quote_order import quote_order
from chengtuan.modules.trade.usecases.read_order import count_orders, list_orders, read_order
from chengtuan.modules.trade.usecases.ship_order import confirm_receipt
from chengtuan.modules.trade.usecases.start_payment import PayRequest, start_payment
from chengtuan.modules.trade.usecases.submit_order import OrderRequest, submit_order
from chengtuan.modules.trade.usecases.sync_payment import sync_payment
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.fields import Cursor, IdempotencyKey, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section

_GOODS = (
    p.SkuNotFound,
    p.CampaignNotFound,
    p.CampaignEnded,
    p.GroupNotFound,
    p.GroupFull,
    p.GroupEnded,
    p.OwnGroup,
    p.AlreadyInGroup,
    p.SoldOut,
    p.OrderTooLarge,
)
_SUBMIT = (
    *_GOODS,
    p.PurchaseLimit,
    p.NewcomersOnly,
    p.TooManyUnpaidOrders,
    p.TooManyDepartures,
    p.PriceChanged,
    p.NotDeliverable,
    p.DeliveryAddressNotFound,
    p.BadQuantity,
    p.IdempotencyConflict,
    NotSignedIn,
    Overloaded,
)


def order_routes(ctx: Trade) -> APIRouter:
    router = Section(prefix="/api/v1/trade/orders", tags=["trade"])

    async def shown(order_id: UUID, user_ids: Collection[UUID] | None, status: int = 200) -> Response:
        """The order as JSON, written once: the framework would check and convert it a second time."""
        order = present_orders.order(await read_order(ctx, order_id, user_ids), ctx.clock.now())
        return Response(order.model_dump_json(), status, media_type="application/json")

    @router.post("/preview", responses=problems(*_GOODS, p.DeliveryAddressNotFound, p.BadQuantity, NotSignedIn))
    async def preview_order(wish: schemas.PreviewInput, shopper: CurrentShopper) -> schemas.Quote:
        """What an order would cost, and whether it can be delivered. Nothing is held."""
        request = OrderRequest(
            user_id=shopper.user_id,
            absorbed=shopper.absorbed,
            request_id=UUID(int=0),
            mode=wish.mode,
            sku_id=wish.sku_id,
            quantity=wish.quantity,
            campaign_id=wish.campaign_id,
            group_id=wish.group_id,
            address_id=UUID(int=0),
        )
        return schemas.Quote.model_validate(await quote_order(ctx, request, wish.address_id), from_attributes=True)

    @router.post("", status_code=201, response_model=schemas.Order, responses=problems(*_SUBMIT))
    async def create_order(wish: schemas.OrderInput, shopper: CurrentShopper, key: IdempotencyKey) -> Response:
        """Buy alone, open a group or join one. Repeating it with the same key gives the same order."""
        request = OrderRequest(
            user_id=shopper.user_id,
            request_id=key,
            mode=wish.mode,
            sku_id=wish.sku_id,
            quantity=wish.quantity,
            campaign_id=wish.campaign_id,
            group_id=wish.group_id,
            address_id=wish.address_id,
            expected_payable_fen=wish.expected_payable_fen,
            remark=wish.remark,
        )
        return await shown(await submit_order(ctx, request), None, 201)

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
        items = [present_orders.order(detail, now) for detail in page.items]
        return schemas.OrderPage(items=items, next_cursor=page.next_cursor, now=now)

    @router.get("/counts", responses=problems(NotSignedIn))
    async def count_own_orders(shopper: CurrentShopper) -> schemas.OrderCounts:
        """The shopper's orders by status."""
        return schemas.OrderCounts(**await count_orders(ctx, shopper.ids))

    @router.get("/{order_id}", response_model=schemas.Order, responses=problems(NotSignedIn, OrderNotFound))
    async def read_own_order(order_id: UUID, shopper: CurrentShopper) -> Response:
        """One of the shopper's own orders."""
        return await shown(order_id, shopper.ids)

    @router.post(
        "/{order_id}/pay",
        responses=problems(NotSignedIn, OrderNotFound, p.OrderNotPayable, p.NeedsWeChat, PartnerUnavailable),
    )
    async def pay_order(
        order_id: UUID,
        payment: schemas.PayInput,
        shopper: CurrentShopper,
        key: IdempotencyKey,
        request: Request,
    ) -> schemas.PaymentHandOver:
        """Go to pay. Nothing is paid by this call; the provider tells us."""
        hand_over = await start_payment(
            ctx,
            PayRequest(
                user_ids=shopper.ids,
                order_id=order_id,
                request_id=key,
                channel=payment.channel,
                return_url=payment.return_url,
                client_ip=client_ip(request),
            ),
        )
        return schemas.PaymentHandOver.model_validate(hand_over, from_attributes=True)

    @router.post(
        "/{order_id}/sync",
        responses=problems(NotSignedIn, OrderNotFound, TooManyRequests, PartnerUnavailable),
    )
    async def sync_order(order_id: UUID, shopper: CurrentShopper) -> schemas.SyncedOrder:
        """Ask the payment provider now; what it says may show a moment later."""
        arrived = await sync_payment(ctx, shopper.ids, order_id)
        order = present_orders.order(await read_order(ctx, order_id, shopper.ids), ctx.clock.now())
        return schemas.SyncedOrder(**order.model_dump(), money_arrived=arrived)

    @router.post(
        "/{order_id}/cancel",
        response_model=schemas.Order,
        responses=problems(NotSignedIn, OrderNotFound, WrongOrderState, PartnerUnavailable),
    )
    async def cancel_own_order(order_id: UUID, shopper: CurrentShopper) -> Response:
        """Give up an unpaid order, or leave a group that has not formed: everything paid goes back."""
        await cancel_order(ctx, shopper.ids, order_id)
        return await shown(order_id, shopper.ids)

    @router.post(
        "/{order_id}/confirm-receipt",
        response_model=schemas.Order,
        responses=problems(NotSignedIn, OrderNotFound, WrongOrderState),
    )
    async def confirm_order_receipt(order_id: UUID, shopper: CurrentShopper) -> Response:
        """The goods arrived."""
        await confirm_receipt(ctx, shopper.ids, order_id)
        return await shown(order_id, shopper.ids)

    return router
