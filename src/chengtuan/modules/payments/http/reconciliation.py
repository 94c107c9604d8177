"""Reconciliation with the payment provider, for the platform's staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.http.schemas import (
    DifferenceOut,
    Explanation,
    ReconciliationDayOut,
    ReconciliationOut,
    ReconciliationPage,
)
from chengtuan.modules.payments.problems import (
    BillDayNotOver,
    DifferenceNotFound,
    DifferenceRepaired,
    ReconciliationNotFound,
)
from chengtuan.modules.payments.usecases.explain_difference import explain_difference
from chengtuan.modules.payments.usecases.read_reconciliations import (
    ReconciliationDay,
    list_reconciliations,
    read_reconciliation,
)
from chengtuan.modules.payments.usecases.reconcile_now import reconcile_now
from chengtuan.platform import deadline
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Day, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.permissions import Permission

ReconciliationReader = Annotated[Staff, may(Permission.RECONCILIATION_READ)]
Reconciler = Annotated[Staff, may(Permission.RECONCILIATION_EDIT)]

_LONG_S = 60.0
"""A day's bill is downloaded and compared line by line while a person waits who asked for just that."""


def reconciliation_routes(ctx: PaymentsContext) -> APIRouter:
    router = APIRouter()
    days = "/reconciliations"

    @router.get(days, responses=problems(NotSignedIn, NotAllowed, BadCursor, InvalidRequest))
    async def list_reconciliation_days(
        _: ReconciliationReader, cursor: Cursor = None, limit: Limit = 31
    ) -> ReconciliationPage:
        """Our books beside the provider's bills, the newest day first."""
        page = await list_reconciliations(ctx, cursor=cursor, limit=limit)
        items = [ReconciliationOut.model_validate(one, from_attributes=True) for one in page.items]
        return ReconciliationPage(items=items, next_cursor=page.next_cursor)

    @router.get(
        f"{days}/{{bill_date}}", responses=problems(NotSignedIn, NotAllowed, ReconciliationNotFound, InvalidRequest)
    )
    async def read_reconciliation_day(_: ReconciliationReader, bill_date: Day) -> ReconciliationDayOut:
        """One day with its differences, open ones first. `bill_date` is a day in China."""
        return _shown(await read_reconciliation(ctx, bill_date))

    @router.post(f"{days}/{{bill_date}}", responses=problems(NotSignedIn, NotAllowed, BillDayNotOver, InvalidRequest))
    async def reconcile_bill_day(_: Reconciler, bill_date: Day) -> ReconciliationDayOut:
        """Compare the day now. Repeating it changes nothing unless books or bill have changed."""
        with deadline.within(_LONG_S):
            return _shown(await reconcile_now(ctx, bill_date))

    @router.post(
        "/differences/{difference_id}/explain",
        responses=problems(NotSignedIn, NotAllowed, DifferenceNotFound, DifferenceRepaired, InvalidRequest),
    )
    async def explain_bill_difference(staff: Reconciler, difference_id: UUID, body: Explanation) -> DifferenceOut:
        """Write down why a difference is right as it is; it is not open any more."""
        explained = await explain_difference(ctx, difference_id, staff.staff_id, body.note)
        return DifferenceOut.model_validate(explained, from_attributes=True)

    return router


def _shown(day: ReconciliationDay) -> ReconciliationDayOut:
    differences = [DifferenceOut.model_validate(one, from_attributes=True) for one in day.differences]
    return ReconciliationDayOut(
        **ReconciliationOut.model_validate(day.reconciliation, from_attributes=True).model_dump(),
        differences=differences,
    )
