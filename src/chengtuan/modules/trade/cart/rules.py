"""What a cart's line may become, and what is to be said of it: pure."""

from enum import StrEnum

from chengtuan.modules.trade.limits import MAX_QUANTITY
from chengtuan.modules.trade.problems import BadQuantity, SoldOut


class LineState(StrEnum):
    """Whether a line can be bought as it stands, and why not."""

    READY = "ready"
    FEW = "few"
    """Fewer are left than the line wants."""
    SOLD_OUT = "sold_out"
    UNWEIGHED = "unweighed"
    """It is sent by weight, and the merchant has not said what it weighs: an order of it is refused."""
    OFF_SHELF = "off_shelf"
    GONE = "gone"
    """The product is there, this variant of it is not made any more."""


def state_of(*, published: bool, active: bool, available: int, weighed: bool, quantity: int) -> LineState:
    if not published:
        return LineState.OFF_SHELF
    if not active:
        return LineState.GONE
    if available < 1:
        return LineState.SOLD_OUT
    if not weighed:
        return LineState.UNWEIGHED
    return LineState.FEW if available < quantity else LineState.READY


def check_quantity(quantity: int) -> None:
    """Raises BadQuantity."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BadQuantity


def check_more(*, wanted: int, available: int, sku_id: str) -> None:
    """A line may grow to what there is; whoever has more already may still take less. Raises SoldOut, BadQuantity."""
    check_quantity(wanted)
    if wanted > available:
        raise SoldOut(available=available, sku_id=sku_id)
