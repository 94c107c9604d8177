"""Stock in the console."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from chengtuan.modules.trade.stock.rows.changes import StockChange
from chengtuan.modules.trade.stock.rows.stock import StockRow
from chengtuan.modules.trade.stock.usecases.change_stock import MAX_UNITS
from chengtuan.platform.http.fields import Instant
from chengtuan.platform.http.typed_fields import Line

Units = Annotated[int, Field(ge=0, le=MAX_UNITS, strict=True)]
Note = Annotated[str, Line(200)]


def _some(delta: int) -> int:
    if delta == 0:
        raise ValueError("nothing came in and nothing went out")
    return delta


class SkuStock(BaseModel):
    sku_id: UUID
    on_hand: int
    available: int
    reserved: int

    @staticmethod
    def of(row: StockRow) -> "SkuStock":
        return SkuStock.model_validate(row, from_attributes=True)


class StockList(BaseModel):
    items: list[SkuStock]


class StockCount(BaseModel):
    """`expected`: what was in the house as far as the counting person knew; if it is not, nothing is changed."""

    on_hand: Units
    expected: Units
    note: Note = ""


class StockMovementInput(BaseModel):
    """`delta`: units that came in, below zero for those that went out."""

    delta: Annotated[int, Field(ge=-MAX_UNITS, le=MAX_UNITS, strict=True), AfterValidator(_some)]
    reason: Literal["received", "returned", "damaged", "lost", "other"]
    note: Note = ""


class StockMovement(BaseModel):
    """Units in the house before and after. What lies between two lines went out with orders."""

    reason: Literal["received", "returned", "damaged", "lost", "counted", "other"]
    note: str
    before: int
    after: int
    by: str
    at: Instant

    @staticmethod
    def of(row: StockChange) -> "StockMovement":
        return StockMovement(
            reason=row.reason,
            note=row.note,
            before=row.before,
            after=row.after,
            by=row.staff_name,
            at=row.at,
        )


class StockMovementList(BaseModel):
    items: list[StockMovement]
