"""Remarks from before they were encrypted are encrypted, a few orders at a time."""

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.orders.rows import remarks
from chengtuan.modules.trade.orders.rows.sealing import seal_remark

_AT_ONCE = 200


async def seal_remarks(ctx: TradeContext) -> None:
    """Encrypt what an older release kept readable of remarks, until none is left; it may be interrupted."""
    while True:
        async with ctx.database.write() as tx:
            found = await remarks.lock_unsealed(tx, _AT_ONCE)
            sealed = [(row.id, seal_remark(ctx.keys, row.remark)) for row in found]
            await remarks.keep_sealed(tx, [(order_id, remark) for order_id, remark in sealed if remark is not None])
        if len(found) < _AT_ONCE:
            return
