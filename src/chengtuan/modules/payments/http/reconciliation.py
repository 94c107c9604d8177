"""Reconciliation with the payment provider, for the platform's staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.http.schemas import (
    DifferenceOut,
    DifferencePage,
    Explanation,
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
    list_differences,
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
    async def read_reconciliation_day(_: ReconciliationReader, bill_date: Day) -> ReconciliationOut:
        """One day. `bill_date` is a day in China."""
        return ReconciliationOut.model_validate(await read_reconciliation(ctx, bill_date), from_attributes=True)

    @router.get(
        f"{days}/{{bill_date}}/differences", responses=problems(NotSignedIn, NotAllowed, BadCursor, InvalidRequest)
    )
    async def list_bill_differences(
        _: ReconciliationReader, bill_date: Day, cursor: Cursor = None, limit: Limit = 50
    ) -> DifferencePage:
        """In what our books and the bill of a day differ, open ones first; none of a day that was not compared."""
        page = await list_differences(ctx, bill_date, cursor=cursor, limit=limit)
        items = [DifferenceOut.model_validate(one, from_attributes=True) for one in page.items]
        return DifferencePage(items=items, next_cursor=page.next_cursor)

    @router.post(f"{days}/{{bill_date}}", responses=problems(NotSignedIn, NotAllowed, BillDayNotOver, InvalidRequest))
    async def reconcile_bill_day(_: Reconciler, bill_date: Day) -> ReconciliationOut:
        """Compare the day now. Repeating it changes nothing unless books or bill have changed."""
        with deadline.within(_LONG_S):
            return ReconciliationOut.model_validate(await reconcile_now(ctx, bill_date), from_attributes=True)

    @router.post(
        "/differences/{difference_id}/explain",
        responses=problems(NotSignedIn, NotAllowed, DifferenceNotFound, DifferenceRepaired, InvalidRequest),
    )
    async def explain_bill_difference(staff: Reconciler, difference_id: UUID, body: Explanation) -> DifferenceOut:
        """Write down why a difference is right as it is; it is not open any more."""
        explained = await explain_difference(ctx, difference_id, staff.staff_id, body.note)
        return DifferenceOut.model_validate(explained, from_attributes=True)

    return router
