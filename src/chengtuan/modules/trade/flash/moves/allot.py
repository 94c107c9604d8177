"""Units become a sale's, or free again: the sale's count and the stock's ledger move together."""

from collections.abc import Mapping
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.flash.problems import AllotmentTooLarge
from chengtuan.modules.trade.flash.rows.stock import AllotmentRecord, allot, open_stock
from chengtuan.modules.trade.stock.moves import set_aside
from chengtuan.modules.trade.stock.rules import Allotment, Stock
from chengtuan.platform.database import WriteSession


async def open_sale(
    tx: WriteSession, sale_id: UUID, units: Mapping[UUID, int], stock: Mapping[UUID, Stock], editor: Editor
) -> None:
    """Units by variant; the stock is locked. Raises AllotmentTooLarge."""
    allotments = _records(tx, sale_id, units, editor)
    _check(units, stock)
    await open_stock(tx, allotments)
    await _book(tx, allotments, editor)


async def allot_more(
    tx: WriteSession,
    sale_id: UUID,
    units: Mapping[UUID, int],
    stock: Mapping[UUID, Stock],
    *,
    editor: Editor,
    key: UUID,
) -> None:
    """The same for a sale that is there; `key` is the request's. The sale's stock is locked as well."""
    allotments = _records(tx, sale_id, units, editor, key)
    _check(units, stock)
    await allot(tx, allotments)
    await _book(tx, allotments, editor)


async def give_back(tx: WriteSession, sale_id: UUID, units: Mapping[UUID, int]) -> None:
    """What nobody holds of a sale that is over is free again. The sale's stock is locked."""
    allotments = _records(tx, sale_id, {sku_id: -n for sku_id, n in units.items() if n})
    await allot(tx, allotments)
    await _book(tx, allotments)


def _records(
    tx: WriteSession, sale_id: UUID, units: Mapping[UUID, int], editor: Editor | None = None, key: UUID | None = None
) -> list[AllotmentRecord]:
    staff_id = editor.staff_id if editor else None
    now = tx.clock.now()
    return [AllotmentRecord(new_id(), sale_id, sku_id, n, staff_id, key, now) for sku_id, n in sorted(units.items())]


def _check(units: Mapping[UUID, int], stock: Mapping[UUID, Stock]) -> None:
    for sku_id, wanted in units.items():
        available = stock[sku_id].available if sku_id in stock else 0
        if wanted > available:
            raise AllotmentTooLarge(sku_id=str(sku_id), available=available)


async def _book(tx: WriteSession, allotments: list[AllotmentRecord], editor: Editor | None = None) -> None:
    booked = [Allotment(each.id, each.sku_id, each.units) for each in allotments]
    await set_aside(tx, booked, tx.clock.now(), editor=editor)
