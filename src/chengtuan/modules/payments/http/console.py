"""The books, for people: merchants see their own, the platform's staff see all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade.contracts import PURPOSE_FORM
from chengtuan.modules.payments.http.reconciliation import reconciliation_routes
from chengtuan.modules.payments.http.schemas import LedgerPage, LedgerTransactionOut, PaymentsSummary
from chengtuan.modules.payments.usecases.list_ledger import list_ledger
from chengtuan.modules.payments.usecases.summarise_ledger import summarise_ledger
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

PREFIX = "/api/v1/payments/console"
Purpose = Annotated[str, Query(pattern=PURPOSE_FORM, max_length=61)]
LedgerReader = Annotated[Staff, may(Permission.LEDGER_READ)]


def console_routes(ctx: PaymentsContext) -> APIRouter:
    router = Section(prefix=PREFIX)

    @router.get("/ledger", responses=problems(NotSignedIn, NotAllowed, BadCursor, InvalidRequest))
    async def read_ledger(
        staff: LedgerReader,
        purpose: Purpose | None = None,
        subject_id: UUID | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> LedgerPage:
        """The ledger's transactions, newest first: a merchant's own, or for the platform's staff all.

        An order's are those of purpose "trade.order" with its id as `subject_id`.
        """
        page = await list_ledger(
            ctx, scope=staff.scope, purpose=purpose, subject_id=subject_id, cursor=cursor, limit=limit
        )
        items = [LedgerTransactionOut.model_validate(one, from_attributes=True) for one in page.items]
        return LedgerPage(items=items, next_cursor=page.next_cursor)

    @router.get("/summary", responses=problems(NotSignedIn, NotAllowed))
    async def read_payments_summary(staff: LedgerReader) -> PaymentsSummary:
        """The balance of each account, and what waits for a person: a merchant's own, or all."""
        summary = await summarise_ledger(ctx, staff.scope)
        return PaymentsSummary.model_validate(summary, from_attributes=True)

    router.include_router(reconciliation_routes(ctx))
    return router
