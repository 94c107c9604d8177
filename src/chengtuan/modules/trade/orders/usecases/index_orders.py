"""Orders from before they could be found by their recipient get their keys, a few at a time."""

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.orders.rows import search as order_search
from chengtuan.modules.trade.orders.rows.sealing import open_address
from chengtuan.modules.trade.orders.rows.search_keys import keys_of_recipient

_AT_ONCE = 200


async def index_orders(ctx: TradeContext) -> None:
    """Until none is left. Interrupted anywhere, it goes on the next time."""
    while True:
        async with ctx.database.write() as tx:
            found = await order_search.lock_without_keys(tx, _AT_ONCE)
            keys = [(row.id, keys_of_recipient(ctx.keys, open_address(ctx.keys, row.address_sealed))) for row in found]
            await order_search.keep_keys(tx, keys)
        if len(found) < _AT_ONCE:
            return
