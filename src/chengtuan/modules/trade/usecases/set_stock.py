"""A merchant counts the stock."""

from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.problems import SkuNotFound, StockTooLow
from chengtuan.modules.trade.repository import stock as stock_rows
from chengtuan.modules.trade.repository.campaigns import merchant_of_product
from chengtuan.modules.trade.repository.stock import StockRow


async def set_stock(ctx: Trade, *, merchant_id: UUID, sku_id: UUID, on_hand: int) -> StockRow:
    """Units in the house, those reserved by orders included. Raises SkuNotFound, StockTooLow."""
    async with ctx.database.write() as tx:
        owner = await stock_rows.owner_of_sku(tx, sku_id)
        if owner is None or owner.merchant_id != merchant_id:
            raise SkuNotFound
        row = await stock_rows.set_on_hand(tx, sku_id, on_hand)
        if row is None:
            current = await stock_rows.stock_of_product(tx, owner.product_id)
            raise StockTooLow(reserved=next((s.reserved for s in current if s.sku_id == sku_id), 0))
        return row


async def read_stock(ctx: Trade, *, merchant_id: UUID | None, product_id: UUID) -> list[StockRow]:
    """Raises SkuNotFound for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or (merchant_id is not None and owner != merchant_id):
            raise SkuNotFound
        return await stock_rows.stock_of_product(db, product_id)
