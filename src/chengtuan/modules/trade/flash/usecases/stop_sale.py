"""A merchant ends a flash sale before its end."""

from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves import end_flash_sale
from chengtuan.modules.trade.flash.problems import FlashSaleNotFound
from chengtuan.modules.trade.flash.rows.sales import find_sale_in_scope
from chengtuan.modules.trade.states import StopReason
from chengtuan.platform.permissions import OneMerchant


async def stop_sale(ctx: TradeContext, sale_id: UUID, merchant_id: UUID) -> None:
    """Nobody takes any more; orders and holds that exist stand. Repeating changes nothing. Raises FlashSaleNotFound."""
    scope = OneMerchant(merchant_id)
    async with ctx.database.write() as tx:
        if await end_flash_sale.stop_sale(tx, sale_id, scope, StopReason.MERCHANT):
            return
        if await find_sale_in_scope(tx, sale_id, scope) is None:
            raise FlashSaleNotFound
