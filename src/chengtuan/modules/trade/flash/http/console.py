"""Flash sales, as merchants' staff see, publish and stop them; the platform's staff see all and change nothing."""

from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.activities.http.console import CampaignEditor, CampaignReader
from chengtuan.modules.trade.activities.http.narrowed import Narrowing
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.http import own_schemas, present
from chengtuan.modules.trade.flash.problems import (
    AllotmentTooLarge,
    BadFlashPrice,
    BadFlashTimes,
    FlashOverlaps,
    FlashSaleEnded,
    FlashSaleNotFound,
)
from chengtuan.modules.trade.flash.usecases.allot_units import AllotmentRequest, allot_units
from chengtuan.modules.trade.flash.usecases.publish_sale import publish_sale
from chengtuan.modules.trade.flash.usecases.read_sales import list_own_sales, read_own_sale
from chengtuan.modules.trade.flash.usecases.stop_sale import stop_sale
from chengtuan.platform.http.fields import Cursor, IdempotencyKey, Limit, OptionalIdempotencyKey
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import OneMerchant, Scope

_WHO = (NotSignedIn, NotAllowed)


def console_flash_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console/flash-sales", tags=["console"])

    async def shown(sale_id: UUID, scope: Scope) -> own_schemas.OwnFlashSaleDetail:
        return present.own_sale_detail(await read_own_sale(ctx, sale_id, scope), ctx.clock.now())

    @router.get("", responses=problems(*_WHO, BadCursor))
    async def list_merchant_flash_sales(
        staff: CampaignReader, wanted: Narrowing, cursor: Cursor = None, limit: Limit = 20
    ) -> own_schemas.OwnFlashSalePage:
        """Newest first."""
        page = await list_own_sales(ctx, wanted.within(staff.scope, ctx.clock), cursor=cursor, limit=limit)
        now = ctx.clock.now()
        items = [present.own_sale(sale, figures, now) for sale, figures in page.items]
        return own_schemas.OwnFlashSalePage(items=items, next_cursor=page.next_cursor)

    @router.post(
        "",
        status_code=201,
        responses=problems(
            *_WHO,
            BadFlashTimes,
            p.SkuNotFound,
            BadFlashPrice,
            AllotmentTooLarge,
            FlashOverlaps,
            p.IdempotencyConflict,
        ),
    )
    async def create_flash_sale(
        terms: own_schemas.FlashSaleInput, staff: CampaignEditor, key: OptionalIdempotencyKey = None
    ) -> own_schemas.OwnFlashSaleDetail:
        """Announce a flash sale, and set its units aside. Repeating it with the same key makes no other one."""
        merchant_id = staff.own_merchant()
        sale_id = await publish_sale(ctx, terms.request(merchant_id, staff.editor, key))
        return await shown(sale_id, OneMerchant(merchant_id))

    @router.get("/{sale_id}", responses=problems(*_WHO, FlashSaleNotFound))
    async def read_merchant_flash_sale(sale_id: UUID, staff: CampaignReader) -> own_schemas.OwnFlashSaleDetail:
        """One flash sale, with how it goes."""
        return await shown(sale_id, staff.scope)

    @router.post("/{sale_id}/stop", responses=problems(*_WHO, FlashSaleNotFound))
    async def stop_flash_sale(sale_id: UUID, staff: CampaignEditor) -> own_schemas.OwnFlashSaleDetail:
        """Nobody takes any more, and what is free goes back. Holds and orders that exist stand."""
        await stop_sale(ctx, sale_id, staff.own_merchant())
        return await shown(sale_id, staff.scope)

    @router.post(
        "/{sale_id}/allotments",
        responses=problems(
            *_WHO, FlashSaleNotFound, FlashSaleEnded, p.SkuNotFound, AllotmentTooLarge, p.IdempotencyConflict
        ),
    )
    async def allot_flash_units(
        sale_id: UUID, more: own_schemas.AllotmentInput, staff: CampaignEditor, key: IdempotencyKey
    ) -> own_schemas.OwnFlashSaleDetail:
        """Set more units of a variant aside, before the sale or while it runs."""
        request = AllotmentRequest(
            id=key,
            merchant_id=staff.own_merchant(),
            sale_id=sale_id,
            sku_id=more.sku_id,
            units=more.units,
            editor=staff.editor,
        )
        await allot_units(ctx, request)
        return await shown(sale_id, staff.scope)

    return router
