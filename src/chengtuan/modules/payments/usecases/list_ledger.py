from typing import cast
from uuid import UUID

from chengtuan.kernel.pagination import Page, bigint, decode_cursor, encode_cursor, page_of
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import ledger
from chengtuan.modules.payments.rules.ledger import LedgerTransaction
from chengtuan.platform.permissions import Scope


async def list_ledger(
    ctx: PaymentsContext, *, scope: Scope, purpose: str | None, subject_id: UUID | None, cursor: str | None, limit: int
) -> Page[LedgerTransaction]:
    """The ledger's transactions, newest first. Raises BadCursor."""
    position = decode_cursor(cursor, (bigint,))
    before = cast("int", position[0]) if position else None
    async with ctx.database.view() as db:
        rows = await ledger.list_transactions(
            db, scope, ledger.Wanted(purpose=purpose, subject_id=subject_id, before=before, limit=limit + 1)
        )
    return page_of(rows, limit, lambda transaction: encode_cursor(transaction.seq))
