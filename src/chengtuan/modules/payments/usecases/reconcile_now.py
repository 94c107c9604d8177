from datetime import date

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows.reconciliations import Reconciliation
from chengtuan.modules.payments.usecases.read_reconciliations import read_reconciliation
from chengtuan.modules.payments.usecases.reconcile_day import reconcile_day


async def reconcile_now(ctx: PaymentsContext, day: date) -> Reconciliation:
    """A person does not want to wait for the next planned comparison. Raises BillDayNotOver."""
    await reconcile_day(ctx, day)
    return await read_reconciliation(ctx, day)
