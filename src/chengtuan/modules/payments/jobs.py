"""What `payments` does later, or again.

All of it talks to the provider, so all are tasks; all of it moves money, so none is given up.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import TypeAlias, TypeVar
from uuid import UUID

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.job_kinds import CLOSE_OTHERS, FOLLOW_REFUND, POLL, RECONCILE, SUBMIT_REFUND
from chengtuan.modules.payments.rules.refund import RefundAttempt
from chengtuan.modules.payments.usecases.add_up_ledger import add_up_ledger
from chengtuan.modules.payments.usecases.close_other_payments import close_other_payments
from chengtuan.modules.payments.usecases.follow_refund import follow_refund
from chengtuan.modules.payments.usecases.plan_reconciliations import plan_reconciliations
from chengtuan.modules.payments.usecases.poll_payment import poll_payment
from chengtuan.modules.payments.usecases.reconcile_day import reconcile_day
from chengtuan.modules.payments.usecases.seal_payers import seal_payers
from chengtuan.modules.payments.usecases.submit_refund import submit_refund
from chengtuan.platform.job_handlers import FOR_EVER, Periodic, Task
from chengtuan.platform.jobs import Job

T = TypeVar("T")
Handler: TypeAlias = Callable[[Job], Awaitable[None]]
_LEASE = timedelta(seconds=60)
_A_LARGE_BILL = timedelta(minutes=10)
_PLANNING = timedelta(minutes=30)
_ADDING_UP = timedelta(minutes=1)


def jobs(ctx: PaymentsContext) -> list[Task | Periodic]:
    def about(use_case: Callable[[PaymentsContext, T], Awaitable[None]], parse: Callable[[str], T]) -> Handler:
        async def run(job: Job) -> None:
            await use_case(ctx, parse(job.ref))

        return run

    async def plan(_: Job) -> None:
        await plan_reconciliations(ctx)

    async def seal(_: Job) -> None:
        await seal_payers(ctx)

    async def add_up(_: Job) -> None:
        await add_up_ledger(ctx)

    return [
        Periodic("add_up_ledger", add_up, every=_ADDING_UP),
        Periodic("plan_reconciliations", plan, every=_PLANNING),
        Periodic("seal_payers", seal, every=timedelta(hours=1)),
        Task(RECONCILE, about(reconcile_day, date.fromisoformat), lease=_A_LARGE_BILL, tries=FOR_EVER),
        Task(POLL, about(poll_payment, UUID), lease=_LEASE, tries=FOR_EVER),
        Task(CLOSE_OTHERS, about(close_other_payments, UUID), lease=_LEASE, tries=FOR_EVER),
        Task(SUBMIT_REFUND, about(submit_refund, RefundAttempt.parse), lease=_LEASE, tries=FOR_EVER),
        Task(FOLLOW_REFUND, about(follow_refund, RefundAttempt.parse), lease=_LEASE, tries=FOR_EVER),
    ]
