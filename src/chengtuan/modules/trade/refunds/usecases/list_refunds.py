"""The console's refund queue."""

from chengtuan.kernel.pagination import Page, decode_id_cursor, encode_cursor, page_of
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.refunds import rows as refunds
from chengtuan.modules.trade.refunds.rows import RefundQueue, RefundView
from chengtuan.modules.trade.states import RefundStatus
from chengtuan.platform.permissions import Scope


async def list_refunds(
    ctx: TradeContext, *, scope: Scope, statuses: list[str] | None, cursor: str | None, limit: int
) -> Page[RefundView]:
    """Newest first; those of `statuses` that wait, the one that waits longest first. Raises BadCursor."""
    waiting = statuses is not None and RefundStatus.SUCCEEDED not in statuses
    list_page = refunds.list_waiting_refunds if waiting else refunds.list_refunds
    async with ctx.database.view() as db:
        rows = await list_page(
            db, scope, statuses=statuses or list(RefundStatus), beyond=decode_id_cursor(cursor), limit=limit + 1
        )
    return page_of(rows, limit, lambda row: encode_cursor(str(row.id)))


async def summarise_refunds(ctx: TradeContext, scope: Scope) -> RefundQueue:
    """How much waits, for how long, and what of it needs a person."""
    async with ctx.database.view() as db:
        return await refunds.read_queue(db, scope)
