"""The refund queue, as merchants' staff see it. Staff of the platform see all merchants' and change nothing."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.refunds.http import present, schemas
from chengtuan.modules.trade.refunds.usecases.list_refunds import list_refunds, summarise_refunds
from chengtuan.modules.trade.refunds.usecases.retry_refund import retry_refund
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_WHO = (NotSignedIn, NotAllowed)
RefundReader = Annotated[Staff, may(Permission.REFUNDS_READ)]
RefundRetrier = Annotated[Staff, may(Permission.REFUNDS_RETRY)]


def console_refund_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console", tags=["console"])

    @router.get("/refunds", responses=problems(*_WHO, BadCursor))
    async def list_console_refunds(
        staff: RefundReader,
        status: Annotated[list[schemas.RefundStatusName] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.RefundPage:
        """The refund queue, newest first; without `succeeded` in `status`, the one that waits longest first."""
        page = await list_refunds(
            ctx,
            scope=staff.scope,
            statuses=[str(item) for item in status] if status else None,
            cursor=cursor,
            limit=limit,
        )
        items = [present.console_refund(row) for row in page.items]
        return schemas.RefundPage(items=items, next_cursor=page.next_cursor)

    @router.get("/refunds/summary", responses=problems(*_WHO))
    async def read_refund_summary(staff: RefundReader) -> schemas.RefundQueueSummary:
        """How many refunds are not back yet, for how long, and how many of them need a person."""
        queue = await summarise_refunds(ctx, staff.scope)
        return schemas.RefundQueueSummary(**asdict(queue), now=ctx.clock.now())

    @router.post("/refunds/{refund_id}/retry", responses=problems(*_WHO, p.RefundNotFound, p.RefundNotAbnormal))
    async def retry_abnormal_refund(refund_id: UUID, staff: RefundRetrier) -> schemas.ConsoleRefund:
        """Ask the payment provider again for a refund that needed a person."""
        return present.console_refund(await retry_refund(ctx, refund_id, staff.own_merchant()))

    return router
