"""Asking for a code."""

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, PartnerUnavailable, TooManyRequests
from chengtuan.modules.accounts.codes.http.schemas import SmsCodeInput, SmsCodeSent
from chengtuan.modules.accounts.codes.rules import CODE_LIFETIME, RESEND_AFTER
from chengtuan.modules.accounts.codes.usecases.send_phone_code import send_phone_code
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import BadPhone, ProofNeeded
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.languages import language_of
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def code_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts", tags=["accounts"])

    @router.post(
        "/sms-codes",
        status_code=202,
        dependencies=[PUBLIC],
        responses=problems(InvalidRequest, BadPhone, ProofNeeded, TooManyRequests, PartnerUnavailable),
    )
    async def send_sms_code(body: SmsCodeInput, request: Request) -> SmsCodeSent:
        """Send a sign-in code to a phone. The answer is the same whether or not the phone has an account."""
        request_id = await send_phone_code(
            ctx,
            phone=body.phone,
            client_address=client_ip(request),
            language=language_of(request),
            device=body.device,
            proof=body.proof.proof() if body.proof else None,
        )
        return SmsCodeSent(
            request_id=request_id,
            retry_after_s=int(RESEND_AFTER.total_seconds()),
            expires_in_s=int(CODE_LIFETIME.total_seconds()),
        )

    return router
