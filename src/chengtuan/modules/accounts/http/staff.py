"""Console accounts: signing in and out."""

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn, TooManyRequests
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.sessions import SessionKind
from chengtuan.modules.accounts.http.schemas import Staff, StaffSession, StaffSessionInput
from chengtuan.modules.accounts.problems import WrongPassword
from chengtuan.modules.accounts.usecases.get_staff import get_staff
from chengtuan.modules.accounts.usecases.sign_in_staff import sign_in_staff
from chengtuan.modules.accounts.usecases.sign_out import sign_out
from chengtuan.platform.http.access import PUBLIC, CurrentStaff, bearer_token
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.problems import problems


def staff_routes(ctx: Accounts) -> APIRouter:
    router = APIRouter(prefix="/staff", tags=["accounts"])

    @router.post(
        "/sessions",
        status_code=201,
        dependencies=[PUBLIC],
        responses=problems(InvalidRequest, WrongPassword, TooManyRequests),
    )
    async def sign_in_to_console(body: StaffSessionInput, request: Request) -> StaffSession:
        """Sign in to the console; the session lasts 12 hours."""
        address = client_ip(request)
        return StaffSession.of(
            await sign_in_staff(ctx, login=body.login, password=body.password, client_address=address)
        )

    @router.get("/me", responses=problems(NotSignedIn))
    async def read_staff_me(staff: CurrentStaff) -> Staff:
        """The signed-in member of staff."""
        return Staff.of(await get_staff(ctx, staff.staff_id))

    @router.delete("/sessions/current", status_code=204, responses=problems(NotSignedIn))
    async def sign_out_of_console(_: CurrentStaff, request: Request) -> None:
        """End this session at once."""
        await sign_out(ctx, bearer_token(request), SessionKind.STAFF)

    return router
