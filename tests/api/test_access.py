"""Every route says who may call it, exactly once, and means it."""

import re
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.platform.http.access import (
    PUBLIC,
    CurrentShopper,
    Staff,
    api_routes,
    markers,
    may,
    refuse_unmarked_routes,
)
from chengtuan.platform.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.api.routes import operations
from tests.support.shop import PASSWORD, Shop
from tests.support.world import World

FRAMEWORK_PATHS = {"/openapi.json"}
"""Routes that the framework adds by itself: the API's public description."""


async def test_every_route_has_exactly_one_access_marker(world: World) -> None:
    refuse_unmarked_routes(world.api)
    found = {marker for route in api_routes(world.api) for marker in markers(route)}
    assert found == {"public", "shopper", "internal", *Permission}, "and no permission is without a use"
    assert len(list(api_routes(world.api))) >= 60


async def test_no_route_escapes_the_walk(world: World) -> None:
    """What is no route of the framework's kind: mounted files and the description, all public."""
    walked = {route.path for route in api_routes(world.api)}
    documented = set(world.api.openapi()["paths"])
    assert documented <= walked
    others = {
        context.path for context in iter_route_contexts(world.api.routes) if not isinstance(context.route, Mount)
    } - walked
    assert others <= FRAMEWORK_PATHS


def test_a_route_without_a_marker_or_with_two_is_caught() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter()

    async def forgotten() -> None: ...

    async def undecided(a: CurrentShopper, b: Annotated[Staff, may(Permission.ORDERS_READ)]) -> None: ...

    async def fine() -> None: ...

    async def nested() -> None: ...

    async def through(_: CurrentShopper) -> None: ...

    router.add_api_route("/forgotten", forgotten)
    router.add_api_route("/undecided", undecided)
    router.add_api_route("/fine", fine, dependencies=[PUBLIC])
    router.add_api_route("/nested", nested, dependencies=[Depends(through)])
    app.include_router(router)
    with pytest.raises(TypeError, match=r"/forgotten \[\].*/undecided \['shopper', .*orders:read'>\]\"\]$"):
        refuse_unmarked_routes(app)


async def test_nobody_comes_in_without_the_right_session(shop: Shop) -> None:
    """Without a token, with a made-up one, and with one of the other kind: 401 before anything else is read."""
    client = shop.world.client
    shopper = (await shop.shopper(1)).person.token
    staff = shop.merchant.token
    wrong = {"shopper": [staff], "staff": [shopper], "platform": [shopper]}
    let_in = []
    for operation in operations(shop.world.api):
        if operation.access == "public":
            continue
        path = operation.path.replace("{", "").replace("}", "")
        for token in ("", "made-up", "x" * 500, *wrong[operation.access]):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await client.request(operation.method, path, headers=headers)
            # a path parameter that is no id may be refused first; it tells nothing about anybody's data
            if answer.status_code != 401 and not (answer.status_code == 422 and "_id" in path):
                let_in.append((operation.id, token[:8], answer.status_code))
    assert let_in == []


async def _refused(world: World, token: str, role: Role) -> list[str]:
    """Routes that the role has no permission for, and that let it in; and the other way round."""
    wrong = []
    for operation in operations(world.api):
        if operation.permission is None or operation.permission == Permission.OWN_ACCOUNT:
            continue
        path = re.sub(r"\{\w+_date\}", "2026-05-31", re.sub(r"\{\w+_id\}", str(UUID(int=1)), operation.path))
        answer = await world.client.request(operation.method, path, headers={"Authorization": f"Bearer {token}"})
        refused = (answer.status_code, answer.json().get("code")) == (403, "platform/not-allowed")
        if refused == (operation.permission in ROLE_PERMISSIONS[role]):
            wrong.append(f"{operation.id} {operation.permission} {answer.status_code}")
    return wrong


async def test_a_role_is_let_in_where_its_permissions_say_and_nowhere_else(shop: Shop) -> None:
    accounts = shop.world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(login="root", password=PASSWORD, name="R", roles=[Role.PLATFORM_ADMIN], merchant_id=None)
    admin = await shop.world.staff("root", PASSWORD)
    assert await _refused(shop.world, shop.merchant.token, Role.MERCHANT_OWNER) == []
    assert await _refused(shop.world, admin.token, Role.PLATFORM_ADMIN) == []


async def test_without_permissions_every_door_is_shut(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is the table of permissions that lets a merchant's owner in."""
    nothing = dict.fromkeys(Role, frozenset[Permission]())
    monkeypatch.setattr("chengtuan.platform.permissions.ROLE_PERMISSIONS", nothing)
    answer = await shop.merchant.get("/api/v1/trade/console/orders")
    assert (answer.status_code, answer.json()["code"]) == (403, "platform/not-allowed")


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer  ", "bearer\tx", "Bearer \u00e4".encode("latin-1")])
async def test_a_malformed_authorization_is_not_signed_in(world: World, header: str | bytes) -> None:
    value = header if isinstance(header, bytes) else header.encode()
    answer = await world.client.get("/api/v1/accounts/me", headers={b"Authorization": value})
    assert (answer.status_code, answer.json()["code"]) == (401, "platform/not-signed-in")
