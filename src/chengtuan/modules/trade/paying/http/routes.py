"""A shopper pays an order, asks whether the money arrived, or gives the order up."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from chengtuan.kernel.problems import NotSignedIn, PartnerUnavailable, TooManyRequests
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound, PartlySent, WrongOrderState
from chengtuan.modules.trade.orders.http import present
from chengtuan.modules.trade.orders.http.schemas import Order
from chengtuan.modules.trade.orders.usecases.read_order import Glance, read_order
from chengtuan.modules.trade.paying.http import schemas
from chengtuan.modules.trade.paying.usecases.cancel_order import cancel_order
from chengtuan.modules.trade.paying.usecases.start_payment import PayRequest, start_payment
from chengtuan.modules.trade.paying.usecases.sync_payment import sync_payment
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.fields import RetryKey
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def paying_routes(ctx: TradeContext, glance: Glance) -> APIRouter:
    router = Section(prefix="/api/v1/trade/orders", tags=["trade"])

    @router.post(
        "/{order_id}/pay",
        response_model=schemas.PaymentHandOver,
        responses=problems(NotSignedIn, OrderNotFound, p.OrderNotPayable, p.NeedsWeChat, PartnerUnavailable),
    )
    @direct
    async def pay_order(
        order_id: UUID,
        payment: schemas.PayInput,
        shopper: CurrentShopper,
        key: RetryKey,
        request: Request,
    ) -> Response:
        """Go to pay. Nothing is paid by this call; the provider tells us.

        An order has one payment in each channel, whatever the key: asked for again it is the same one, with the return
        address that is asked for. Once one is paid, the other one is closed.
        """
        hand_over = await start_payment(
            ctx,
            glance,
            PayRequest(
                user_ids=shopper.ids,
                order_id=order_id,
                request_id=key,
                channel=payment.channel,
                return_url=payment.return_url,
                client_ip=client_ip(request),
            ),
        )
        shown = schemas.PaymentHandOver.model_validate(hand_over, from_attributes=True)
        return Response(shown.model_dump_json(), media_type="application/json")

    @router.post(
        "/{order_id}/sync",
        responses=problems(NotSignedIn, OrderNotFound, TooManyRequests, PartnerUnavailable),
    )
    async def sync_order(order_id: UUID, shopper: CurrentShopper) -> schemas.SyncedOrder:
        """Ask the payment provider now; what it says may show a moment later."""
        arrived = await sync_payment(ctx, shopper.ids, order_id)
        order = present.order(await read_order(ctx, glance, order_id, shopper.ids), ctx.clock.now())
        return schemas.SyncedOrder(**order.model_dump(), money_arrived=arrived)

    @router.post(
        "/{order_id}/cancel",
        response_model=Order,
        responses=problems(NotSignedIn, OrderNotFound, PartlySent, WrongOrderState, PartnerUnavailable),
    )
    async def cancel_own_order(order_id: UUID, shopper: CurrentShopper) -> Response:
        """Give up an unpaid order, or leave a group that has not formed: everything paid goes back."""
        await cancel_order(ctx, shopper.ids, order_id)
        return await present.shown_order(ctx, glance, order_id, shopper.ids)

    return router
