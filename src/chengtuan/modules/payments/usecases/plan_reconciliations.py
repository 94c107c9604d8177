from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.job_kinds import RECONCILE
from chengtuan.modules.payments.rows import reconciliations
from chengtuan.modules.payments.rules.bill_days import bill_day_of, days_due
from chengtuan.platform.jobs import JobCall


async def plan_reconciliations(ctx: PaymentsContext) -> None:
    """A job for each day that should be compared now: yesterday, and whatever was missed or is still open.

    Days are apart, so that one bad bill holds up no other.
    """
    async with ctx.database.read() as db:
        first_paid_at = await reconciliations.find_first_paid_at(db)
        known = await reconciliations.list_checked(db)
    if first_paid_at is None:
        return
    now = ctx.clock.now()
    due = days_due(bill_day_of(first_paid_at), now, known)
    async with ctx.database.write() as tx:
        tx.schedule(*(JobCall(RECONCILE, day.isoformat(), now) for day in due))
