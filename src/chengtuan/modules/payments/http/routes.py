"""Routes of `payments`: the provider's callbacks, and the ledger for the platform's staff."""

from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from chengtuan.gateways.wechat import CallbackRejected, ProviderUnavailable
from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.judgement import Outcome
from chengtuan.modules.payments.http.schemas import (
    AccountBalance,
    CallbackFailure,
    LedgerEntry,
    LedgerPage,
    PaymentsSummary,
)
from chengtuan.modules.payments.settings import CALLBACKS
from chengtuan.modules.payments.usecases.list_ledger import list_ledger
from chengtuan.modules.payments.usecases.receive_notice import receive_notice
from chengtuan.modules.payments.usecases.summarise_ledger import summarise_ledger
from chengtuan.platform.http.access import PUBLIC, PlatformStaff
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import MEDIA_TYPE, problems

log = structlog.get_logger(__name__)

_REFUSALS: dict[Outcome, tuple[int, str]] = {
    Outcome.UNMATCHED: (404, "We do not know this number"),
    Outcome.MISMATCHED: (409, "This is not what we asked for"),
}
_FAILURES: dict[int | str, dict[str, Any]] = {
    401: {"model": CallbackFailure, "description": "Not proven to come from the provider"},
    404: {"model": CallbackFailure, "description": "About a number we do not know (yet); repeat it"},
    409: {"model": CallbackFailure, "description": "Not what we asked for; a person looks at it"},
    503: {"model": CallbackFailure, "description": "The signature cannot be checked now; repeat it"},
}


def routes(ctx: Payments) -> APIRouter:
    router = APIRouter(tags=["payments"])

    @router.post(f"{CALLBACKS}/transactions", dependencies=[PUBLIC], status_code=204, responses=_FAILURES)
    async def receive_transaction_callback(request: Request) -> Response:
        """The provider tells that a payment succeeded. 204 only once that is stored."""
        return await _receive(ctx, request)

    @router.post(f"{CALLBACKS}/refunds", dependencies=[PUBLIC], status_code=204, responses=_FAILURES)
    async def receive_refund_callback(request: Request) -> Response:
        """The provider tells how a refund ended. 204 only once that is stored."""
        return await _receive(ctx, request)

    _console(router, ctx)
    return router


def _console(router: APIRouter, ctx: Payments) -> None:
    prefix = "/api/v1/payments/console"

    @router.get(f"{prefix}/ledger", responses=problems(NotSignedIn, NotAllowed, BadCursor, InvalidRequest))
    async def read_ledger(_: PlatformStaff, cursor: Cursor = None, limit: Limit = 50) -> LedgerPage:
        """The ledger's lines, newest first."""
        page = await list_ledger(ctx, cursor=cursor, limit=limit)
        items = [LedgerEntry.model_validate(entry, from_attributes=True) for entry in page.items]
        return LedgerPage(items=items, next_cursor=page.next_cursor)

    @router.get(f"{prefix}/summary", responses=problems(NotSignedIn, NotAllowed))
    async def read_payments_summary(_: PlatformStaff) -> PaymentsSummary:
        """The balance of each account, and what waits for a person."""
        summary = await summarise_ledger(ctx)
        accounts = [AccountBalance.model_validate(one, from_attributes=True) for one in summary.accounts]
        return PaymentsSummary(
            accounts=accounts, abnormal_refunds=summary.abnormal_refunds, open_notices=summary.open_notices
        )


async def _receive(ctx: Payments, request: Request) -> Response:
    try:
        outcome = await receive_notice(ctx, request.headers, await request.body())
    except CallbackRejected as error:
        log.warning("callback_rejected", reason=error.reason)
        return _failure(request, 401, "The message is not proven to come from the provider")
    except ProviderUnavailable as error:
        log.warning("callback_postponed", error=repr(error))
        return _failure(request, 503, "The signature cannot be checked now")
    if outcome.accepted:
        return Response(status_code=204)
    return _failure(request, *_REFUSALS[outcome])


def _failure(request: Request, status: int, message: str) -> JSONResponse:
    body = CallbackFailure(
        type="about:blank",
        title=message,
        status=status,
        detail=message,
        code="FAIL",
        instance=request.url.path,
        request_id=getattr(request.state, "request_id", ""),
        message=message,
    )
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA_TYPE)
