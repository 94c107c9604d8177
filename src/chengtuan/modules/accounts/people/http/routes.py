"""The signed-in person's profile."""

from fastapi import APIRouter

from chengtuan.kernel.problems import InvalidRequest, NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.http.schemas import Me, MePatch
from chengtuan.modules.accounts.people.usecases.change_profile import change_profile
from chengtuan.modules.accounts.people.usecases.get_me import get_me
from chengtuan.modules.accounts.problems import (
    BadNicknameChosen,
)
from chengtuan.platform.http.access import CurrentShopper
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def profile_routes(ctx: AccountsContext) -> APIRouter:
    router = Section(prefix="/api/v1/accounts/me", tags=["accounts"])

    @router.get("", responses=problems(NotSignedIn))
    async def read_me(shopper: CurrentShopper) -> Me:
        """The signed-in person."""
        return Me.of(await get_me(ctx, shopper.user_id))

    @router.patch("", responses=problems(NotSignedIn, InvalidRequest, BadNicknameChosen))
    async def change_me(body: MePatch, shopper: CurrentShopper) -> Me:
        """Change nickname or picture; what is missing stays."""
        return Me.of(await change_profile(ctx, shopper.user_id, nickname=body.nickname, avatar=body.avatar))

    return router
