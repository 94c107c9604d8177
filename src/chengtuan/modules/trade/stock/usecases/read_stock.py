"""A merchant looks at what is there, and at everything that happened to it."""

from uuid import UUID

from chengtuan.kernel.pagination import Page, bigint, decode_cursor, encode_cursor, page_of
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.goods.rows import merchant_of_product, merchant_of_sku
from chengtuan.modules.trade.problems import SkuNotFound
from chengtuan.modules.trade.stock.rows.history import Movement, Movers, list_movements
from chengtuan.modules.trade.stock.rows.stock import stock_of_product
from chengtuan.modules.trade.stock.rules import Stock
from chengtuan.platform.permissions import Scope


async def read_stock(ctx: TradeContext, *, scope: Scope, product_id: UUID) -> list[Stock]:
    """Of all places together. Raises SkuNotFound for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        return await stock_of_product(db, product_id)


async def list_stock_movements(
    ctx: TradeContext, *, scope: Scope, sku_id: UUID, by: Movers | None, cursor: str | None, limit: int
) -> Page[Movement]:
    """What people and orders did to it, the newest first. Raises SkuNotFound for another merchant's, BadCursor."""
    parts = decode_cursor(cursor, [bigint])
    async with ctx.database.read() as db:
        owner = await merchant_of_sku(db, sku_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        rows = await list_movements(db, sku_id, by=by, beyond=parts[0] if parts else None, limit=limit + 1)
    return page_of(rows, limit, lambda row: encode_cursor(row.seq))
