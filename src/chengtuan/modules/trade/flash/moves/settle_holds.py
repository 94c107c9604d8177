"""What becomes of holds: an order, a refusal, or units that are offered on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.moves.allot import give_back
from chengtuan.modules.trade.flash.rows.holds import (
    OrderOfHold,
    WaitingHold,
    mark_ordered,
    mark_refused,
    mark_released,
)
from chengtuan.modules.trade.flash.rows.snapshots import terms_of_sales
from chengtuan.modules.trade.flash.rows.stock import Moved, lock_flash_stock, move
from chengtuan.modules.trade.flash.rules.take import SaleTerms
from chengtuan.modules.trade.stock.moves import put_back, set_aside_again
from chengtuan.modules.trade.stock.rules import Holding
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class OrderedHold:
    """A hold of which an order is made; `holding` is what the order takes of stock."""

    hold_id: UUID
    sale_id: UUID
    holding: Holding


async def free_for_orders(tx: WriteSession, holds: Sequence[OrderedHold], now: datetime) -> None:
    """The units stop being the sale's: the orders reserve them next. Sales and stock are locked."""
    units: dict[tuple[UUID, UUID], int] = {}
    for hold in holds:
        key = (hold.sale_id, hold.holding.sku_id)
        units[key] = units.get(key, 0) + hold.holding.quantity
    await move(tx, {key: Moved(held=-n, sold=n) for key, n in units.items()})
    await put_back(tx, [hold.holding for hold in holds], now)


async def tell_ordered(tx: WriteSession, holds: Sequence[OrderedHold]) -> None:
    """The orders are stored."""
    await mark_ordered(tx, [OrderOfHold(hold.hold_id, hold.holding.order_id) for hold in holds])


async def refuse_hold(tx: WriteSession, hold: WaitingHold, problem: Problem) -> bool:
    """No order can be made of it: its units are offered on. False if it is not held any more."""
    await lock_flash_stock(tx, [hold.activity_id])
    if not await mark_refused(tx, hold.id, dumps(problem.to_body(), ensure_ascii=False)):
        return False
    await move(tx, {(hold.activity_id, hold.sku_id): Moved(held=-hold.quantity)})
    if not _open(await terms_of_sales(tx, [hold.activity_id]), hold.activity_id, tx):
        await give_back(tx, hold.activity_id, {hold.sku_id: hold.quantity})
    return True


async def offer_on(tx: WriteSession, given_up: Sequence[Holding]) -> None:
    """What orders of flash sales have just released goes back into the sale while it takes orders.

    The sales were locked before stock was touched.
    """
    holds = await mark_released(tx, [holding.order_id for holding in given_up])
    terms = await terms_of_sales(tx, {hold.activity_id for hold in holds})
    of_order = {holding.order_id: holding for holding in given_up}
    again = []
    changes: dict[tuple[UUID, UUID], Moved] = {}
    for hold in holds:
        is_open = _open(terms, hold.activity_id, tx)
        assert hold.order_id is not None
        if is_open:
            again.append(of_order[hold.order_id])
        key = (hold.activity_id, hold.sku_id)
        before = changes.get(key, Moved())
        less = 0 if is_open else hold.quantity
        changes[key] = Moved(allotted=before.allotted - less, sold=before.sold - hold.quantity)
    await move(tx, changes)
    await set_aside_again(tx, again, tx.clock.now())


def _open(terms: dict[UUID, SaleTerms], sale_id: UUID, tx: WriteSession) -> bool:
    """Whether somebody could take of it."""
    sale = terms[sale_id]
    return sale.stopped_at is None and tx.clock.now() < sale.ends_at
