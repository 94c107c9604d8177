"""A merchant sets more aside for a flash sale, also while it runs: it opens again where it was sold out."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves.allot import allot_more
from chengtuan.modules.trade.flash.problems import FlashSaleEnded, FlashSaleNotFound
from chengtuan.modules.trade.flash.rows.sales import find_sale_in_scope
from chengtuan.modules.trade.flash.rows.stock import find_allotment, lock_flash_stock
from chengtuan.modules.trade.flash.rules.states import SaleState
from chengtuan.modules.trade.problems import IdempotencyConflict, SkuNotFound
from chengtuan.modules.trade.stock.rows.stock import lock_stocks
from chengtuan.platform.permissions import OneMerchant


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentRequest:
    """`id` is the Idempotency-Key."""

    id: UUID
    merchant_id: UUID
    sale_id: UUID
    sku_id: UUID
    units: int
    editor: Editor


async def allot_units(ctx: TradeContext, request: AllotmentRequest) -> None:
    """Raises FlashSaleNotFound, FlashSaleEnded, SkuNotFound (not in this sale), AllotmentTooLarge,
    IdempotencyConflict.
    """
    async with ctx.database.write() as tx:
        stock = await lock_flash_stock(tx, [request.sale_id])
        sale = await find_sale_in_scope(tx, request.sale_id, OneMerchant(request.merchant_id))
        if sale is None:
            raise FlashSaleNotFound
        earlier = await find_allotment(tx, request.editor.staff_id, request.id)
        if earlier is not None:
            if (earlier.activity_id, earlier.sku_id, earlier.units) != (sale.id, request.sku_id, request.units):
                raise IdempotencyConflict
            return
        if sale.state(tx.clock.now()) in (SaleState.ENDED, SaleState.STOPPED):
            raise FlashSaleEnded
        if request.sku_id not in {row.sku_id for row in stock}:
            raise SkuNotFound(sku_id=str(request.sku_id))
        units = {request.sku_id: request.units}
        free = await lock_stocks(tx, [request.sku_id])
        await allot_more(tx, sale.id, units, free, editor=request.editor, key=request.id)
