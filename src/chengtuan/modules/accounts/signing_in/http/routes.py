"""Signing in and out."""

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn, PartnerUnavailable
from chengtuan.modules.accounts.codes.http.schemas import PhoneCodeInput
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import BadPhone, CodeExpired, ProofNeeded, WechatRefused, WrongCode
from chengtuan.modules.accounts.sessions.rules import SessionKind
from chengtuan.modules.accounts.sessions.usecases.sign_out import sign_out
from chengtuan.modules.accounts.signing_in.http.schemas import Session, WechatSessionInput
from chengtuan.modules.accounts.signing_in.usecases.sign_in_by_phone import sign_in_by_phone
from chengtuan.modules.accounts.signing_in.usecases.sign_in_by_wechat import sign_in_by_wechat
from chengtuan.platform.http.access import PUBLIC, CurrentShopper, bearer_token
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.languages import language_of
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def session_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts", tags=["accounts"])

    @router.post(
        "/sessions/phone",
        status_code=201,
        dependencies=[PUBLIC],
        responses=problems(InvalidRequest, BadPhone, WrongCode, CodeExpired, ProofNeeded),
    )
    async def sign_in_with_phone(body: PhoneCodeInput, request: Request) -> Session:
        """Sign in with the code; a phone that is new here gets an account."""
        language = language_of(request)
        address = client_ip(request)
        return Session.of(await sign_in_by_phone(ctx, body.attempt(), client_address=address, language=language))

    @router.post(
        "/sessions/wechat",
        status_code=201,
        dependencies=[PUBLIC],
        responses=problems(InvalidRequest, WechatRefused, PartnerUnavailable),
    )
    async def sign_in_with_wechat(body: WechatSessionInput, request: Request) -> Session:
        """Sign in from the mini program; somebody new here gets an account."""
        language = language_of(request)
        return Session.of(await sign_in_by_wechat(ctx, code=body.code, language=language, device=body.device))

    @router.delete("/sessions/current", status_code=204, responses=problems(NotSignedIn))
    async def sign_out_shopper(_: CurrentShopper, request: Request) -> None:
        """End this session at once."""
        await sign_out(ctx, bearer_token(request), SessionKind.SHOPPER)

    return router
