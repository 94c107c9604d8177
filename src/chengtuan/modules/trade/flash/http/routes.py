"""Flash sales: everybody may look; who is signed in takes units, and follows what becomes of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.http import present, schemas
from chengtuan.modules.trade.flash.http.doors import SALES, closing_doors
from chengtuan.modules.trade.flash.problems import (
    FlashBusy,
    FlashDeviceLimit,
    FlashLimit,
    FlashSaleEnded,
    FlashSaleNotFound,
    FlashSaleNotStarted,
    FlashSoldOut,
    HoldNotFound,
    TicketEarly,
    TicketInvalid,
    WorkMissing,
)
from chengtuan.modules.trade.flash.rows.holds import Hold
from chengtuan.modules.trade.flash.rules.slot import day_of
from chengtuan.modules.trade.flash.rules.take import HoldWish
from chengtuan.modules.trade.flash.usecases.check_ticket import Shown
from chengtuan.modules.trade.flash.usecases.hold_units import HoldDesk
from chengtuan.modules.trade.flash.usecases.list_holds import list_holds
from chengtuan.modules.trade.flash.usecases.read_sales import read_sale, read_zone
from chengtuan.modules.trade.states import HoldStatus
from chengtuan.modules.trade.topics import FLASH_ZONE, SHELF, flash_topic, hold_topic, listing_topic, offer_topic
from chengtuan.platform.http.access import PUBLIC, CurrentShopper
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.fields import Cursor, IdempotencyKey, Limit
from chengtuan.platform.http.hot import REST_S, Made, as_response
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.waiting import NO_PLACE, Wait

Device = Annotated[
    UUID | None,
    Header(alias="Device-Id", description="Made once by a client and kept: by it people are told from devices."),
]
_HOLD = (
    NotSignedIn,
    p.BadQuantity,
    FlashSaleNotFound,
    FlashSaleNotStarted,
    FlashSaleEnded,
    p.SkuNotFound,
    FlashSoldOut,
    FlashLimit,
    FlashDeviceLimit,
    TicketInvalid,
    TicketEarly,
    WorkMissing,
    p.IdempotencyConflict,
    FlashBusy,
)


def flash_routes(ctx: TradeContext, desk: HoldDesk) -> APIRouter:
    router = Section(prefix=SALES, tags=["trade"])

    @router.get("", dependencies=[PUBLIC], response_model=schemas.FlashZone)
    async def list_flash_sales() -> Response:
        """Slots that run, then those of the next 48 hours, then those that ended today."""

        async def make() -> Made:
            now = ctx.clock.now()
            sales = await read_zone(ctx, since=day_of(now))
            body = present.zone(sales, now).model_dump_json().encode()
            goods = [topic for sale in sales for topic in _goods(sale.product_id)]
            return Made(body, topics=[*(flash_topic(sale.id) for sale in sales), *goods])

        return as_response(await ctx.hot.page(router.prefix, [FLASH_ZONE, SHELF], make, rest_s=REST_S))

    @router.get("/holds", responses=problems(NotSignedIn, BadCursor))
    async def list_own_holds(
        shopper: CurrentShopper, *, sale_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 20
    ) -> schemas.OwnHoldPage:
        """What the shopper took in flash sales, newest first, from whatever device; with `sale_id` of one sale.

        What could not become an order is forgotten a month later.
        """
        page = await list_holds(ctx, shopper.ids, sale_id=sale_id, cursor=cursor, limit=limit)
        items = [present.own_hold(row) for row in page.items]
        return schemas.OwnHoldPage(items=items, next_cursor=page.next_cursor, now=ctx.clock.now())

    @router.get(
        "/{sale_id}", dependencies=[PUBLIC], response_model=schemas.FlashSale, responses=problems(FlashSaleNotFound)
    )
    async def read_flash_sale(sale_id: UUID) -> Response:
        """A flash sale with its variants, and what is left of each."""

        async def make() -> Made:
            detail = await read_sale(ctx, sale_id)
            body = present.sale(detail, ctx.clock.now()).model_dump_json().encode()
            return Made(body, topics=_goods(detail.sale.product_id))

        path = f"{router.prefix}/{sale_id}"
        return as_response(await ctx.hot.page(path, [flash_topic(sale_id)], make, rest_s=REST_S))

    @router.post("/{sale_id}/holds", status_code=201, response_model=schemas.Hold, responses=problems(*_HOLD))
    @direct
    async def hold_flash_units(
        sale_id: UUID, wanted: schemas.HoldInput, shopper: CurrentShopper, key: IdempotencyKey, device: Device = None
    ) -> Response:
        """Take units of a running sale: they are the shopper's from now on, and an order is made of them.

        The ticket was asked for with the same key, and its time has come. Repeating it gives the same hold.
        """
        wish = HoldWish(
            hold_id=new_id(),
            sale_id=sale_id,
            sku_id=wanted.sku_id,
            user_id=shopper.user_id,
            absorbed=shopper.absorbed,
            request_id=key,
            quantity=wanted.quantity,
            address_id=wanted.address_id,
            device=device,
        )
        async with closing_doors(ctx, sale_id):
            return _hold(await desk.hold(wish, Shown(wanted.ticket, wanted.proof)), status=201)

    @router.get(
        "/holds/{hold_id}", response_model=schemas.Hold, responses=problems(NotSignedIn, HoldNotFound, *NO_PLACE)
    )
    @direct
    async def read_own_hold(hold_id: UUID, shopper: CurrentShopper, request: Request, wait: Wait = 0) -> Response:
        """One of the shopper's own holds; with `wait`, once it is not `held` any more, or after so many seconds."""
        with ctx.waiting.turn(request, hold_topic(hold_id), wait, shopper.user_id) as turn:
            while True:
                hold = await desk.read(hold_id, shopper.ids)
                if hold.status != HoldStatus.HELD or not await turn.again():
                    return _hold(hold)

    return router


def _goods(product_id: UUID) -> list[str]:
    """What is shown of a product beside the sale: names, prices alone, freight."""
    return [listing_topic(product_id), offer_topic(product_id)]


def _hold(hold: Hold, *, status: int = 200) -> Response:
    return Response(present.hold(hold).model_dump_json(), status, media_type="application/json")
