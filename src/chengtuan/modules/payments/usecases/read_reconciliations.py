"""What was compared, and what differed."""

from datetime import date
from uuid import UUID

from chengtuan.kernel.pagination import Page, day, decode_cursor, encode_cursor, flag, instant, page_of
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.problems import ReconciliationNotFound
from chengtuan.modules.payments.rows import reconciliations
from chengtuan.modules.payments.rows.reconciliations import Difference, Reconciliation


async def list_reconciliations(ctx: PaymentsContext, *, cursor: str | None, limit: int) -> Page[Reconciliation]:
    """The newest day first. Raises BadCursor."""
    position = decode_cursor(cursor, (day,))
    async with ctx.database.view() as db:
        rows = await reconciliations.list_reconciliations(db, before=position[0] if position else None, limit=limit + 1)
    return page_of(rows, limit, lambda one: encode_cursor(one.bill_date.isoformat()))


async def read_reconciliation(ctx: PaymentsContext, day: date) -> Reconciliation:
    """Raises ReconciliationNotFound."""
    async with ctx.database.read() as db:
        found = await reconciliations.find_reconciliation(db, day)
    if found is None:
        raise ReconciliationNotFound
    return found


async def list_differences(ctx: PaymentsContext, day: date, *, cursor: str | None, limit: int) -> Page[Difference]:
    """Of one day, open ones first. Raises BadCursor."""
    after = decode_cursor(cursor, (flag, instant, UUID))
    async with ctx.database.read() as db:
        rows = await reconciliations.list_differences(db, day, after=after, limit=limit + 1)
    return page_of(
        rows, limit, lambda one: encode_cursor(int(one.resolved_at is not None), one.found_at.isoformat(), str(one.id))
    )
