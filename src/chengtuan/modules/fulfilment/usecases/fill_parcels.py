"""Parcels from before there could be several for an order learn what they hold: everything that was ordered."""

from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.rows import parcels
from chengtuan.modules.fulfilment.rows.parcels import ParcelLine

_AT_ONCE = 100


async def fill_parcels(ctx: FulfilmentContext) -> None:
    """Until none is left. Interrupted anywhere, it goes on the next time."""
    while True:
        async with ctx.database.read() as db:
            found = await parcels.without_lines(db, _AT_ONCE)
        lines = []
        for parcel in found:
            order = await ctx.trade.get_order(order_id=parcel.order_id)
            lines += [ParcelLine(parcel_id=parcel.id, line=each.line, quantity=each.quantity) for each in order.lines]
        async with ctx.database.write() as tx:
            await parcels.fill(tx, lines)
        if len(found) < _AT_ONCE:
            return
