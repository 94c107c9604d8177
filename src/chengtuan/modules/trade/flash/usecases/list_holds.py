"""Whoever closed the page, or is at another device, finds again what they hold."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_id_cursor, encode_cursor, page_of
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.rows import holds
from chengtuan.modules.trade.flash.rows.holds import OwnHold


async def list_holds(
    ctx: TradeContext, user_ids: Collection[UUID], *, sale_id: UUID | None, cursor: str | None, limit: int
) -> Page[OwnHold]:
    """A person's holds under all of their ids, newest first. Raises BadCursor."""
    before = decode_id_cursor(cursor)
    async with ctx.database.read() as db:
        rows = await holds.list_holds(db, user_ids, sale_id=sale_id, before=before, limit=limit + 1)
    return page_of(rows, limit, lambda row: encode_cursor(str(row.id)))
