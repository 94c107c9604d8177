"""A shopper asks what an order would cost, and places it."""

from uuid import UUID

from fastapi import APIRouter, Response

from chengtuan.kernel.problems import NotSignedIn, Overloaded
from chengtuan.modules.accounts.facade import ProvinceMismatch
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.admission.http import present, schemas
from chengtuan.modules.trade.admission.rules.request import OrderRequest
from chengtuan.modules.trade.admission.rules.wish import Mode, WishLine
from chengtuan.modules.trade.admission.usecases.quote_order import quote_order
from chengtuan.modules.trade.admission.usecases.submit_order import Submissions, submit_order
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.problems import FlashLimit, FlashSaleNotFound
from chengtuan.modules.trade.freight.problems import WeightMissing
from chengtuan.modules.trade.orders.http.present import answer
from chengtuan.modules.trade.orders.http.schemas import Order
from chengtuan.modules.trade.orders.usecases.read_order import Glance
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.fields import IdempotencyKey
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
    p.SeveralMerchants,
    WeightMissing,
)
_SUBMIT = (
    *_GOODS,
    p.PurchaseLimit,
    p.NewcomersOnly,
    p.TooManyUnpaidOrders,
    p.TooManyDepartures,
    p.PriceChanged,
    p.NotDeliverable,
    p.NotInCart,
    p.DeliveryAddressNotFound,
    ProvinceMismatch,
    p.BadQuantity,
    p.IdempotencyConflict,
    NotSignedIn,
    Overloaded,
)


_NO_ID = UUID(int=0)


def flash_preview_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/flash-sales", tags=["trade"])

    @router.post(
        "/{sale_id}/preview",
        responses=problems(
            FlashSaleNotFound,
            p.SkuNotFound,
            p.OrderTooLarge,
            WeightMissing,
            FlashLimit,
            p.PurchaseLimit,
            p.TooManyUnpaidOrders,
            p.TooManyDepartures,
            p.DeliveryAddressNotFound,
            ProvinceMismatch,
            p.BadQuantity,
            NotSignedIn,
        ),
    )
    async def preview_flash_order(
        sale_id: UUID, wish: schemas.FlashPreviewInput, shopper: CurrentShopper
    ) -> schemas.Quote:
        """What the order of such a hold would cost, and whether it can be delivered. Nothing is held.

        Whoever could have no order is told why, by the rules of orders: a hold is answered before there is one. What is
        left, and when the sale is, the sale itself says.
        """
        request = OrderRequest(
            user_id=shopper.user_id,
            absorbed=shopper.absorbed,
            request_id=_NO_ID,
            mode=Mode.FLASH,
            lines=(WishLine(wish.sku_id, wish.quantity),),
            activity_id=sale_id,
            group_id=None,
            address_id=_NO_ID,
        )
        return present.quote(await quote_order(ctx, request, wish.address_id))

    return router


def admission_routes(ctx: TradeContext, submissions: Submissions, glance: Glance) -> APIRouter:
    router = Section(prefix="/api/v1/trade/orders", tags=["trade"])

    @router.post(
        "/preview", responses=problems(*_GOODS, p.DeliveryAddressNotFound, ProvinceMismatch, p.BadQuantity, NotSignedIn)
    )
    async def preview_order(wish: schemas.PreviewInput, shopper: CurrentShopper) -> schemas.Quote:
        """What an order would cost, and whether it can be delivered. Nothing is held."""
        request = OrderRequest(
            user_id=shopper.user_id,
            absorbed=shopper.absorbed,
            request_id=_NO_ID,
            mode=wish.mode,
            lines=wish.wanted(),
            activity_id=wish.campaign_id,
            group_id=wish.group_id,
            address_id=_NO_ID,
        )
        return present.quote(await quote_order(ctx, request, wish.address_id))

    @router.post("", status_code=201, response_model=Order, responses=problems(*_SUBMIT))
    @direct
    async def create_order(wish: schemas.OrderInput, shopper: CurrentShopper, key: IdempotencyKey) -> Response:
        """Buy alone, open a group or join one. Repeating it with the same key gives the same order."""
        request = OrderRequest(
            user_id=shopper.user_id,
            request_id=key,
            mode=wish.mode,
            lines=wish.wanted(),
            activity_id=wish.campaign_id,
            group_id=wish.group_id,
            address_id=wish.address_id,
            expected_payable_fen=wish.expected_payable_fen,
            remark=wish.remark,
            from_cart=wish.from_cart,
        )
        order = await submit_order(ctx, submissions, glance, request)
        return answer(order, ctx.clock.now(), status=201)

    return router
