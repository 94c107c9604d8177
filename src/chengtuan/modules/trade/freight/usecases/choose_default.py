"""A merchant says by which template new products are sent."""

from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.moves import own_template
from chengtuan.modules.trade.freight.rows.defaults import set_default
from chengtuan.modules.trade.freight.rows.locking import lock_freight


async def choose_default(ctx: TradeContext, merchant_id: UUID, template_id: UUID | None) -> None:
    """Of products that are listed from now on; those that are there keep theirs. None: they are sent free.

    Raises FreightTemplateNotFound, also for another merchant's.
    """
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        if template_id is not None:
            await own_template(tx, merchant_id, template_id)
        await set_default(tx, merchant_id, template_id)
