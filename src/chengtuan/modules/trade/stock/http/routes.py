"""Stock as merchants' staff see and change it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.stock.http import schemas
from chengtuan.modules.trade.stock.rows.history import Movers
from chengtuan.modules.trade.stock.rows.ledger import Request
from chengtuan.modules.trade.stock.rules import Reason
from chengtuan.modules.trade.stock.usecases.change_stock import StockWish, count_stock, move_stock
from chengtuan.modules.trade.stock.usecases.read_stock import list_stock_movements, read_stock
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, IdempotencyKey, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_WHO = (NotSignedIn, NotAllowed)
StockReader = Annotated[Staff, may(Permission.STOCK_READ)]
StockEditor = Annotated[Staff, may(Permission.STOCK_EDIT)]


def console_stock_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console/stock", tags=["console"])

    @router.get("", responses=problems(*_WHO, p.SkuNotFound))
    async def read_product_stock(product_id: UUID, staff: StockReader) -> schemas.StockList:
        """Stock of a product's variants: in the house, free, and held by orders."""
        rows = await read_stock(ctx, scope=staff.scope, product_id=product_id)
        return schemas.StockList(items=[schemas.SkuStock.of(row) for row in rows])

    @router.put(
        "/{sku_id}", responses=problems(*_WHO, p.SkuNotFound, p.StockMoved, p.StockTooLow, p.IdempotencyConflict)
    )
    async def put_stock(
        sku_id: UUID, count: schemas.StockCount, staff: StockEditor, key: IdempotencyKey
    ) -> schemas.SkuStock:
        """Count: units in the house, those held by orders included, where `expected` were before."""
        wish = _wish(sku_id, staff, Reason.COUNTED, count.note, key)
        return schemas.SkuStock.of(await count_stock(ctx, wish, on_hand=count.on_hand, expected=count.expected))

    @router.post(
        "/{sku_id}/movements",
        responses=problems(*_WHO, InvalidRequest, p.SkuNotFound, p.StockTooLow, p.IdempotencyConflict),
    )
    async def move_sku_stock(
        sku_id: UUID, movement: schemas.StockMovementInput, staff: StockEditor, key: IdempotencyKey
    ) -> schemas.SkuStock:
        """So many units came in, or went out; nothing that happened meanwhile is undone."""
        wish = _wish(sku_id, staff, Reason(movement.reason), movement.note, key)
        return schemas.SkuStock.of(await move_stock(ctx, wish, delta=movement.delta))

    @router.get("/{sku_id}/movements", responses=problems(*_WHO, p.SkuNotFound, BadCursor))
    async def list_sku_movements(
        sku_id: UUID,
        staff: StockReader,
        by: Movers | None = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.StockMovementPage:
        """Everything that happened to the stock, the newest first; `by`: only what people did, or only orders."""
        page = await list_stock_movements(ctx, scope=staff.scope, sku_id=sku_id, by=by, cursor=cursor, limit=limit)
        items = [schemas.StockMovement.of(row) for row in page.items]
        return schemas.StockMovementPage(items=items, next_cursor=page.next_cursor)

    return router


def _wish(sku_id: UUID, staff: Staff, reason: Reason, note: str, key: UUID) -> StockWish:
    request = Request(id=key, sku_id=sku_id, reason=reason, note=note, editor=staff.editor)
    return StockWish(merchant_id=staff.own_merchant(), request=request)
