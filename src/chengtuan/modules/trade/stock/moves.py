"""Orders and flash sales take stock and end what they hold, as steps of somebody's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.stock.rows.caps import count_against_caps
from chengtuan.modules.trade.stock.rows.ledger import book_for_allotments, book_for_orders
from chengtuan.modules.trade.stock.rules import Allotment, Holding, Reason
from chengtuan.platform.database import WriteSession


async def reserve(tx: WriteSession, holdings: Sequence[Holding]) -> None:
    """Hold units for orders, and as many of their activities' caps; may run inside `tx.pipelined()`.

    Nothing is asked here: whoever calls has judged the rows and holds them, and constraints refuse mistakes.
    """
    await count_against_caps(tx, _caps(holdings))
    await book_for_orders(tx, Reason.RESERVED, holdings, tx.clock.now())


async def release(tx: WriteSession, holdings: Sequence[Holding], now: datetime) -> None:
    """Give back what the orders hold; a second time is refused by key.

    Activity rows come before stock rows, as everywhere.
    """
    await count_against_caps(tx, {activity: -units for activity, units in _caps(holdings).items()})
    await book_for_orders(tx, Reason.RELEASED, holdings, now)


async def ship(tx: WriteSession, parcel_id: UUID, holdings: Sequence[Holding], now: datetime) -> None:
    """These units leave the house in a parcel; a second time is refused by key."""
    await book_for_orders(tx, Reason.SHIPPED, holdings, now, parcel_id=parcel_id)


async def set_aside(
    tx: WriteSession, allotments: Sequence[Allotment], now: datetime, *, editor: Editor | None = None
) -> None:
    """Free units become a flash sale's; those below zero become free again."""
    more = [each for each in allotments if each.units > 0]
    less = [each for each in allotments if each.units < 0]
    await book_for_allotments(tx, Reason.SET_ASIDE, more, now, editor=editor)
    await book_for_allotments(tx, Reason.PUT_BACK, less, now, editor=editor)


async def put_back(tx: WriteSession, holdings: Sequence[Holding], now: datetime) -> None:
    """What was set aside is free for a moment: these orders reserve it in this very transaction."""
    await book_for_orders(tx, Reason.PUT_BACK, holdings, now)


async def set_aside_again(tx: WriteSession, holdings: Sequence[Holding], now: datetime) -> None:
    """What these orders have just released is the sale's again."""
    await book_for_orders(tx, Reason.SET_ASIDE, holdings, now)


def _caps(holdings: Iterable[Holding]) -> dict[UUID, int]:
    """Units by activity."""
    caps: dict[UUID, int] = {}
    for holding in holdings:
        if holding.activity_id is not None:
            caps[holding.activity_id] = caps.get(holding.activity_id, 0) + holding.quantity
    return caps
