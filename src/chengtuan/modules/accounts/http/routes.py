"""Routes of `accounts`."""

from fastapi import APIRouter

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.http.colleagues import colleague_routes
from chengtuan.modules.accounts.http.me import address_routes, profile_routes
from chengtuan.modules.accounts.http.sessions import session_routes
from chengtuan.modules.accounts.http.staff import staff_routes
from chengtuan.platform.http.section import Section


def routes(ctx: Accounts) -> APIRouter:
    router = Section(prefix="/api/v1/accounts")
    for part in (session_routes, profile_routes, address_routes, staff_routes, colleague_routes):
        router.include_router(part(ctx))
    return router
