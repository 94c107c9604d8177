"""The signed-in person's phone, and the account that has it already."""

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn, PartnerUnavailable
from chengtuan.modules.accounts.codes.http.schemas import PhoneCodeInput
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.http.schemas import Me
from chengtuan.modules.accounts.problems import (
    BadPhone,
    CodeExpired,
    PhoneOfAnotherWechat,
    PhoneTaken,
    ProofNeeded,
    UnionExpired,
    WechatRefused,
    WrongCode,
)
from chengtuan.modules.accounts.unions.http.schemas import UnionInput, WechatPhoneInput
from chengtuan.modules.accounts.unions.usecases.bind_phone import bind_phone_by_code, bind_phone_by_wechat
from chengtuan.modules.accounts.unions.usecases.unite_accounts import unite_accounts
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def union_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts/me", tags=["accounts"])

    @router.post(
        "/phone",
        responses=problems(
            NotSignedIn,
            InvalidRequest,
            BadPhone,
            WrongCode,
            CodeExpired,
            ProofNeeded,
            PhoneTaken,
            PhoneOfAnotherWechat,
        ),
    )
    async def bind_phone(body: PhoneCodeInput, shopper: CurrentShopper, request: Request) -> Me:
        """Take the phone that a code was sent to, instead of the one before."""
        address = client_ip(request)
        return Me.of(await bind_phone_by_code(ctx, shopper.user_id, body.attempt(), client_address=address))

    @router.post(
        "/phone/wechat",
        responses=problems(
            NotSignedIn,
            InvalidRequest,
            BadPhone,
            WechatRefused,
            PhoneTaken,
            PhoneOfAnotherWechat,
            PartnerUnavailable,
        ),
    )
    async def bind_wechat_phone(body: WechatPhoneInput, shopper: CurrentShopper) -> Me:
        """Take over the phone number that WeChat knows, with the person's consent."""
        return Me.of(await bind_phone_by_wechat(ctx, shopper.user_id, code=body.code))

    @router.post("/union", responses=problems(NotSignedIn, InvalidRequest, UnionExpired, PhoneOfAnotherWechat))
    async def unite_my_accounts(body: UnionInput, shopper: CurrentShopper) -> Me:
        """Make one account of this one and the one whose phone was proven: orders, groups, addresses, limits; for good.

        The older account stays. Sessions of this one go on, those of the other end. Repeating it changes nothing.
        """
        return Me.of(await unite_accounts(ctx, shopper.user_id, claim=body.claim))

    return router
