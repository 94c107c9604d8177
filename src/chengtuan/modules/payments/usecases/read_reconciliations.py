"""What was compared, and what differed."""

from dataclasses import dataclass
from datetime import date

from chengtuan.kernel.pagination import Page, day, decode_cursor, encode_cursor, page_of
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.problems import ReconciliationNotFound
from chengtuan.modules.payments.rows import reconciliations
from chengtuan.modules.payments.rows.reconciliations import Difference, Reconciliation


@dataclass(frozen=True, kw_only=True)
class ReconciliationDay:
    reconciliation: Reconciliation
    differences: list[Difference]


async def list_reconciliations(ctx: PaymentsContext, *, cursor: str | None, limit: int) -> Page[Reconciliation]:
    """The newest day first. Raises BadCursor."""
    position = decode_cursor(cursor, (day,))
    async with ctx.database.view() as db:
        rows = await reconciliations.list_reconciliations(db, before=position[0] if position else None, limit=limit + 1)
    return page_of(rows, limit, lambda one: encode_cursor(one.bill_date.isoformat()))


async def read_reconciliation(ctx: PaymentsContext, day: date) -> ReconciliationDay:
    """Raises ReconciliationNotFound."""
    async with ctx.database.read() as db:
        found = await reconciliations.find_reconciliation(db, day)
        if found is None:
            raise ReconciliationNotFound
        return ReconciliationDay(reconciliation=found, differences=await reconciliations.list_differences(db, day))
