from typing import cast

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, page_of
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.ledger import Entry
from chengtuan.modules.payments.repository import ledger


async def list_ledger(ctx: Payments, *, cursor: str | None, limit: int) -> Page[Entry]:
    """The ledger's lines, newest first. Raises BadCursor."""
    position = decode_cursor(cursor, (int,))
    before = cast("int", position[0]) if position else None
    async with ctx.database.read() as db:
        rows = await ledger.list_entries(db, before=before, limit=limit + 1)
    return page_of(rows, limit, lambda entry: encode_cursor(entry.seq))
