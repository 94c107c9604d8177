"""The staff of one's own shop, or of the platform, for those who manage them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import BadLogin, LoginTaken, RolesDoNotFit, StaffNotFound
from chengtuan.modules.accounts.problems import BeyondOwnPermissions, NotOneself, StaffChanged
from chengtuan.modules.accounts.staff.http.schemas import (
    Colleague,
    ColleagueEdit,
    ColleagueInput,
    ColleagueList,
    FirstPassword,
)
from chengtuan.modules.accounts.staff.usecases import manage_colleagues as use
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

Manager = Annotated[Staff, may(Permission.STAFF_MANAGE)]
_WHO = (NotSignedIn, NotAllowed)
_WHOM = (*_WHO, InvalidRequest, StaffNotFound, NotOneself, BeyondOwnPermissions)


def colleague_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts/console/staff", tags=["console"])
    _who_there_is(router, ctx)
    _whether_they_get_in(router, ctx)
    return router


def _who_there_is(router: APIRouter, ctx: AccountsContext) -> None:
    @router.get("", responses=problems(*_WHO, BadCursor, InvalidRequest))
    async def list_own_staff(manager: Manager, cursor: Cursor = None, limit: Limit = 50) -> ColleagueList:
        """Everybody of the own shop (or of the platform), and the roles that may be given."""
        return ColleagueList.of(await use.list_colleagues(ctx, manager.staff_id, cursor=cursor, limit=limit))

    @router.post(
        "",
        status_code=201,
        responses=problems(*_WHO, InvalidRequest, BadLogin, LoginTaken, RolesDoNotFit, BeyondOwnPermissions),
    )
    async def add_own_staff(body: ColleagueInput, manager: Manager) -> FirstPassword:
        """Somebody new, who signs in with the first password of the answer within a week."""
        added = await use.add_colleague(ctx, manager.staff_id, login=body.login, name=body.name, roles=body.roles)
        return FirstPassword.of(added)

    @router.put("/{staff_id}", responses=problems(*_WHOM, RolesDoNotFit, StaffChanged))
    async def change_own_staff(staff_id: UUID, body: ColleagueEdit, manager: Manager) -> Colleague:
        """Another name, other roles: what they may do changes at once."""
        changed = await use.change_colleague(
            ctx, manager.staff_id, staff_id, name=body.name, roles=body.roles, version=body.version
        )
        return Colleague.of(changed)


def _whether_they_get_in(router: APIRouter, ctx: AccountsContext) -> None:
    @router.post("/{staff_id}/disable", responses=problems(*_WHOM))
    async def disable_own_staff(staff_id: UUID, manager: Manager) -> Colleague:
        """Sign somebody out everywhere, and let them sign in no more."""
        return Colleague.of(await use.disable_colleague(ctx, manager.staff_id, staff_id))

    @router.post("/{staff_id}/enable", responses=problems(*_WHOM, RolesDoNotFit))
    async def enable_own_staff(staff_id: UUID, manager: Manager) -> Colleague:
        """Let somebody sign in again, with the password they had."""
        return Colleague.of(await use.enable_colleague(ctx, manager.staff_id, staff_id))

    @router.post("/{staff_id}/password", responses=problems(*_WHOM))
    async def reset_own_staff_password(staff_id: UUID, manager: Manager) -> FirstPassword:
        """A new first password; the one before and its sessions are over."""
        return FirstPassword.of(await use.reset_password(ctx, manager.staff_id, staff_id))

    @router.post("/{staff_id}/sign-out", responses=problems(*_WHOM))
    async def sign_own_staff_out(staff_id: UUID, manager: Manager) -> Colleague:
        """End all of somebody's sessions; they can sign in again."""
        return Colleague.of(await use.end_sessions(ctx, manager.staff_id, staff_id))
