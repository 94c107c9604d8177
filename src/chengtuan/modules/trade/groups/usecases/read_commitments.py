"""What ends or goes on when a product leaves the shelf: asked before, so that the merchant decides knowingly."""

from uuid import UUID

from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.groups.moves.stop_campaigns import end_activity
from chengtuan.modules.trade.groups.rows.commitments import Commitment, commitments_of
from chengtuan.modules.trade.problems import SkuNotFound
from chengtuan.modules.trade.states import StopReason
from chengtuan.platform.permissions import OneMerchant, Scope


async def read_commitments(ctx: TradeContext, product_id: UUID, scope: Scope) -> list[Commitment]:
    """Activities that run, will run or have open groups. Raises SkuNotFound for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        return await commitments_of(db, product_id, ctx.clock.now())


async def end_commitments(ctx: TradeContext, product_id: UUID, merchant_id: UUID) -> list[Commitment]:
    """Stop them all: open groups fail and everybody gets their money back. What was stopped. Raises SkuNotFound."""
    ended = await read_commitments(ctx, product_id, OneMerchant(merchant_id))
    for commitment in ended:
        async with ctx.database.write() as tx:
            await end_activity(tx, commitment.activity_id, OneMerchant(merchant_id), StopReason.MERCHANT)
    return ended
