"""One's own console account: signing in and out, and the password."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from chengtuan.kernel.problems import CrossSite, InvalidRequest, NotAllowed, NotSignedIn, Overloaded
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import WeakPassword
from chengtuan.modules.accounts.problems import (
    CurrentPasswordWrong,
    FirstPasswordExpired,
    ProofNeeded,
    SamePassword,
    WrongPassword,
)
from chengtuan.modules.accounts.sessions.rules import DEVICE_LIFETIME, SessionKind
from chengtuan.modules.accounts.sessions.usecases.sign_out import sign_out
from chengtuan.modules.accounts.staff.http.schemas import OwnPasswordInput, Staff, StaffSession, StaffSessionInput
from chengtuan.modules.accounts.staff.usecases.change_own_password import change_own_password
from chengtuan.modules.accounts.staff.usecases.get_staff import get_staff
from chengtuan.modules.accounts.staff.usecases.identify_staff import read_staff_session as read_session
from chengtuan.modules.accounts.staff.usecases.sign_in_staff import sign_in_staff
from chengtuan.platform.http.access import PUBLIC, may, staff_token
from chengtuan.platform.http.access import Staff as SignedIn
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.cookies import Cookie, drop_cookie, keep_cookie, read_cookie, refuse_other_sites
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

Oneself = Annotated[SignedIn, may(Permission.OWN_ACCOUNT)]


def own_account_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts/staff", tags=["accounts"])

    @router.post(
        "/sessions",
        status_code=201,
        dependencies=[PUBLIC],
        responses=problems(InvalidRequest, WrongPassword, FirstPasswordExpired, ProofNeeded, CrossSite, Overloaded),
    )
    async def sign_in_to_console(body: StaffSessionInput, request: Request, response: Response) -> StaffSession:
        """Sign in to the console; the session lasts while it is used, a week at the most."""
        in_cookies = body.keep == "cookie"
        if in_cookies:
            refuse_other_sites(request)
        signed_in = await sign_in_staff(
            ctx,
            login=body.login,
            password=body.password,
            client_address=client_ip(request),
            device=read_cookie(request, Cookie.DEVICE) if in_cookies else body.device,
            proof=body.proof.proof() if body.proof else None,
        )
        if in_cookies:
            session = signed_in.session
            lasts = (session.ends_at or session.expires_at) - ctx.clock.now()
            keep_cookie(request, response, Cookie.STAFF, session.token, lasts=lasts)
            keep_cookie(request, response, Cookie.DEVICE, signed_in.device, lasts=DEVICE_LIFETIME)
        return StaffSession.of(signed_in, shown=not in_cookies)

    @router.get("/me", responses=problems(NotSignedIn, NotAllowed))
    async def read_staff_me(staff: Oneself) -> Staff:
        """The signed-in member of staff."""
        return Staff.of(await get_staff(ctx, staff.staff_id))

    @router.post(
        "/me/password",
        status_code=204,
        responses=problems(
            NotSignedIn,
            NotAllowed,
            InvalidRequest,
            WeakPassword,
            SamePassword,
            CurrentPasswordWrong,
            ProofNeeded,
            Overloaded,
        ),
    )
    async def change_own_staff_password(body: OwnPasswordInput, staff: Oneself, request: Request) -> None:
        """Choose another password; every session but this one ends. With a first password this comes before all."""
        await change_own_password(
            ctx,
            staff.staff_id,
            token=staff_token(request),
            current=body.current,
            new=body.new,
            proof=body.proof.proof() if body.proof else None,
        )

    @router.get("/sessions/current", responses=problems(NotSignedIn, NotAllowed))
    async def read_staff_session(_: Oneself, request: Request) -> StaffSession:
        """The session as it is now; its secrets are not shown again."""
        return StaffSession.state(await read_session(ctx, staff_token(request)))

    @router.delete("/sessions/current", status_code=204, responses=problems(NotSignedIn, NotAllowed))
    async def sign_out_of_console(_: Oneself, request: Request, response: Response) -> None:
        """End this session at once."""
        await sign_out(ctx, staff_token(request), SessionKind.STAFF)
        drop_cookie(request, response, Cookie.STAFF)

    return router
