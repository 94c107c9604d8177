"""Orders whose hold ran out are found by their own rows: most are paid by then, and never had a job for it."""

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.job_kinds import EXPIRE_ORDER
from chengtuan.modules.trade.orders.rows.lapsed import anything_lapsed, claim_lapsed
from chengtuan.platform.jobs import JobCall

_AT_ONCE = 256


async def lapse_orders(ctx: TradeContext) -> int:
    """Have some of them looked into, each by a job that is tried until the provider is sure; how many."""
    async with ctx.database.read() as db:
        if not await anything_lapsed(db, ctx.clock.now()):
            return 0
    async with ctx.database.write() as tx:
        now = tx.clock.now()
        lapsed = await claim_lapsed(tx, now, _AT_ONCE)
        tx.schedule(*(JobCall(EXPIRE_ORDER, str(order_id), now) for order_id in lapsed))
    return len(lapsed)
