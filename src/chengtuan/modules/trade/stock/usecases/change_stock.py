"""A merchant receives, loses or counts goods."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import InvalidRequest
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.goods import rows as goods_rows
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.problems import IdempotencyConflict, SkuNotFound, StockMoved, StockTooLow
from chengtuan.modules.trade.stock.rows import changes as stock_changes
from chengtuan.modules.trade.stock.rows import stock as stock_rows
from chengtuan.modules.trade.stock.rows.changes import StockChange
from chengtuan.modules.trade.stock.rows.stock import StockRow
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import Scope

MAX_UNITS = 10_000_000
"""Nobody has more of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWish:
    """Which stock to change, on whose word and why. `request_id` is the Idempotency-Key."""

    merchant_id: UUID
    sku_id: UUID
    editor: Editor
    reason: str
    note: str
    request_id: UUID


async def move_stock(ctx: Trade, wish: StockWish, *, delta: int) -> StockRow:
    """So many units came in (or went out, below zero), whatever else happened to the stock.

    Raises SkuNotFound, StockTooLow, InvalidRequest, IdempotencyConflict.
    """
    async with ctx.database.write() as tx:
        before = await _locked(tx, wish)
        if (change := await stock_changes.find_change(tx, wish.request_id)) is not None:
            if (change.sku_id, change.after - change.before) != (wish.sku_id, delta):
                raise IdempotencyConflict
            return before
        if before.on_hand + delta > MAX_UNITS:
            raise InvalidRequest(errors=[{"path": "delta", "message": "too many units", "code": "less_than_equal"}])
        row = await stock_rows.add_on_hand(tx, wish.sku_id, delta)
        if row is None:
            raise StockTooLow(reserved=before.reserved)
        await _remember(tx, wish, before.on_hand, row.on_hand)
        return row


async def count_stock(ctx: Trade, wish: StockWish, *, on_hand: int, expected: int) -> StockRow:
    """Units in the house, those held by orders included, where `expected` were thought to be before counting.

    Raises SkuNotFound, StockMoved, StockTooLow, IdempotencyConflict.
    """
    async with ctx.database.write() as tx:
        before = await _locked(tx, wish)
        if (change := await stock_changes.find_change(tx, wish.request_id)) is not None:
            if (change.sku_id, change.after) != (wish.sku_id, on_hand):
                raise IdempotencyConflict
            return before
        if before.on_hand == on_hand:
            return before
        row = await stock_rows.count_on_hand(tx, wish.sku_id, on_hand, expected=expected)
        if row is None and before.on_hand != expected:
            raise StockMoved(expected=expected, on_hand=before.on_hand, reserved=before.reserved)
        if row is None:
            raise StockTooLow(reserved=before.reserved)
        await _remember(tx, wish, before.on_hand, row.on_hand)
        return row


async def read_stock(ctx: Trade, *, scope: Scope, product_id: UUID) -> list[StockRow]:
    """Raises SkuNotFound for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        return await stock_rows.stock_of_product(db, product_id)


async def list_stock_changes(ctx: Trade, *, scope: Scope, sku_id: UUID, limit: int) -> list[StockChange]:
    """What people did to it lately, the newest first. Raises SkuNotFound for another merchant's."""
    async with ctx.database.read() as db:
        owner = await goods_rows.owner_of_sku(db, sku_id)
        if owner is None or not scope.covers(owner.merchant_id):
            raise SkuNotFound
        return await stock_changes.list_changes(db, sku_id, limit)


async def _locked(tx: WriteSession, wish: StockWish) -> StockRow:
    """The stock as it stands and stays until the end of the transaction."""
    owner = await goods_rows.owner_of_sku(tx, wish.sku_id)
    if owner is None or owner.merchant_id != wish.merchant_id:
        raise SkuNotFound
    row = await stock_rows.lock_stock(tx, wish.sku_id)
    if row is None:
        raise SkuNotFound
    return row


async def _remember(tx: WriteSession, wish: StockWish, before: int, after: int) -> None:
    change = StockChange(
        id=new_id(),  # they rise, and the stock is locked: the order of the trace
        request_id=wish.request_id,
        sku_id=wish.sku_id,
        reason=wish.reason,
        note=wish.note,
        before=before,
        after=after,
        staff_id=wish.editor.staff_id,
        staff_name=wish.editor.name,
        at=tx.clock.now(),
    )
    if not await stock_changes.insert_change(tx, change):
        raise IdempotencyConflict
