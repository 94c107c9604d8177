"""A merchant receives, loses or counts goods."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.goods.rows import merchant_of_sku
from chengtuan.modules.trade.problems import IdempotencyConflict, SkuNotFound
from chengtuan.modules.trade.stock.rows.history import Movement, find_request
from chengtuan.modules.trade.stock.rows.ledger import Request, book_for_person
from chengtuan.modules.trade.stock.rows.stock import lock_stock
from chengtuan.modules.trade.stock.rules import Stock, units_counted, units_moved
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWish:
    """What to book, for which merchant. The request's id is the Idempotency-Key."""

    merchant_id: UUID
    request: Request


async def move_stock(ctx: TradeContext, wish: StockWish, *, delta: int) -> Stock:
    """So many units came in (or went out, below zero), whatever else happened to the stock.

    Raises SkuNotFound, StockTooLow, InvalidRequest, IdempotencyConflict.
    """
    async with ctx.database.write() as tx:
        before, booked = await _look(tx, wish)
        if booked is not None:
            if booked.delta_on_hand != delta:
                raise IdempotencyConflict
            return before
        return await _book(tx, wish.request, units_moved(before, delta))


async def count_stock(ctx: TradeContext, wish: StockWish, *, on_hand: int, expected: int) -> Stock:
    """Units in the house, those held by orders included, where `expected` were thought to be before counting.

    Raises SkuNotFound, StockMoved, StockTooLow, IdempotencyConflict.
    """
    async with ctx.database.write() as tx:
        before, booked = await _look(tx, wish)
        if booked is not None:
            if booked.on_hand != on_hand:
                raise IdempotencyConflict
            return before
        delta = units_counted(before, on_hand, expected=expected)
        return await _book(tx, wish.request, delta) if delta else before


async def _look(tx: WriteSession, wish: StockWish) -> tuple[Stock, Movement | None]:
    """The stock as it stands and stays until the end of the transaction, and what this very request was booked as."""
    request = wish.request
    if await merchant_of_sku(tx, request.sku_id) != wish.merchant_id:
        raise SkuNotFound
    stock = await lock_stock(tx, request.sku_id)
    if stock is None:
        raise SkuNotFound
    booked = await find_request(tx, request.editor.staff_id, request.id)
    if booked is not None and (booked.sku_id, booked.reason) != (request.sku_id, request.reason):
        raise IdempotencyConflict
    return stock, booked


async def _book(tx: WriteSession, request: Request, delta: int) -> Stock:
    stock = await book_for_person(tx, request, delta, tx.clock.now())
    if stock is None:  # the same key, at this moment, for another variant
        raise IdempotencyConflict
    return stock
