"""Routes of `payments`: the provider's callbacks here, the console's beside."""

from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from chengtuan.gateways.wechat import CallbackRejected, ProviderUnavailable
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.http.console import console_routes
from chengtuan.modules.payments.http.schemas import CallbackFailure
from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.notice import NoticeKind
from chengtuan.modules.payments.settings import CALLBACKS
from chengtuan.modules.payments.usecases.receive_notice import receive_notice
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.direct import direct
from chengtuan.platform.http.problem_document import MEDIA_TYPE
from chengtuan.platform.http.problems import refusal

log = structlog.get_logger(__name__)

_REFUSALS: dict[Outcome, tuple[int, str]] = {
    Outcome.UNMATCHED: (404, "We do not know this number"),
    Outcome.MISMATCHED: (409, "This is not what we asked for"),
}
_FAILURES: dict[int | str, dict[str, Any]] = {
    401: refusal("Not proven to come from the provider", CallbackFailure),
    404: refusal("About a number we do not know (yet); repeat it", CallbackFailure),
    409: refusal("Not what we asked for; a person looks at it", CallbackFailure),
    503: refusal("The signature cannot be checked now; repeat it", CallbackFailure),
}


def routes(ctx: PaymentsContext) -> APIRouter:
    router = APIRouter(tags=["payments"])

    @router.post(f"{CALLBACKS}/transactions", dependencies=[PUBLIC], status_code=204, responses=_FAILURES)
    @direct
    async def receive_transaction_callback(request: Request) -> Response:
        """The provider tells that a payment succeeded. 204 only once that is stored."""
        return await _receive(ctx, NoticeKind.TRANSACTION, request)

    @router.post(f"{CALLBACKS}/refunds", dependencies=[PUBLIC], status_code=204, responses=_FAILURES)
    async def receive_refund_callback(request: Request) -> Response:
        """The provider tells how a refund ended. 204 only once that is stored."""
        return await _receive(ctx, NoticeKind.REFUND, request)

    router.include_router(console_routes(ctx))
    return router


async def _receive(ctx: PaymentsContext, kind: NoticeKind, request: Request) -> Response:
    try:
        outcome = await receive_notice(ctx, kind, request.headers, await request.body())
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
