"""What is in a person's cart."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.modules.trade.cart import rows
from chengtuan.modules.trade.context import TradeContext


async def read_cart(ctx: TradeContext, ids: Collection[UUID]) -> list[rows.CartLine]:
    """The newest line first, under all ids of a person."""
    async with ctx.database.read() as db:
        return await rows.read_lines(db, ids)


async def count_cart(ctx: TradeContext, ids: Collection[UUID]) -> int:
    """How many lines there are."""
    async with ctx.database.view() as db:
        return await rows.count_lines(db, ids)
