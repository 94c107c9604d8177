"""Stock in the console."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from chengtuan.modules.trade.stock.rows.history import Movement
from chengtuan.modules.trade.stock.rules import MAX_UNITS, Stock
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
    def of(row: Stock) -> "SkuStock":
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


class Change(BaseModel):
    before: int
    after: int


class StockMovement(BaseModel):
    """What a movement made of the units in the house, and of those that are free; by whom, for which order or sale."""

    seq: int
    reason: Literal[
        "opening",
        "received",
        "returned",
        "damaged",
        "lost",
        "counted",
        "other",
        "reserved",
        "shipped",
        "released",
        "set_aside",
        "put_back",
    ]
    note: str
    on_hand: Change
    available: Change
    order_id: UUID | None
    order_number: str | None
    flash_sale_id: UUID | None
    by: str | None
    at: Instant

    @staticmethod
    def of(row: Movement) -> "StockMovement":
        return StockMovement(
            seq=row.seq,
            reason=row.reason,
            note=row.note,
            on_hand=Change(before=row.on_hand - row.delta_on_hand, after=row.on_hand),
            available=Change(before=row.available - row.delta_available, after=row.available),
            order_id=row.order_id,
            order_number=row.order_number,
            flash_sale_id=row.flash_sale_id,
            by=row.staff_name,
            at=row.at,
        )


class StockMovementPage(BaseModel):
    items: list[StockMovement]
    next_cursor: str | None
