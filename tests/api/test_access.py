"""Every route says who may call it, exactly once, and means it."""

import re
from pathlib import Path
from typing import Annotated, TypeAlias
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
from chengtuan.platform.permissions import PLATFORM_ROLES, ROLE_PERMISSIONS, WITHIN_ANSWERS, Permission, Role
from tests.api.routes import operations
from tests.support.shop import PASSWORD, Shop
from tests.support.world import World

PAGES = Path(__file__).parents[2] / "docs" / "reference"
FRAMEWORK_PATHS = {"/openapi.json"}
"""Routes that the framework adds by itself: the API's public description."""


async def test_every_route_has_exactly_one_access_marker(world: World) -> None:
    refuse_unmarked_routes(world.api)
    found = {marker for route in api_routes(world.api) for marker in markers(route)}
    used = set(Permission) - WITHIN_ANSWERS
    assert found == {"public", "shopper", "internal", *used}, "and no permission is without a use"
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


Door: TypeAlias = tuple[str, str, str]
"""A role, a method and a path."""


def _page() -> dict[Door, bool]:
    """docs/reference/permissions.md, as somebody reads it who has nothing else."""
    roles: list[str] = []
    may: dict[str, set[str]] = {}
    routes: list[tuple[str, str, str]] = []
    for line in (PAGES / "permissions.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = [cell.strip("`") for cell in cells]
        if cells[0] == "permission" and cells[1] != "opens":
            roles = names[1:]
        elif (opened := re.fullmatch(r"([A-Z]+) `(.+)`", cells[1]) if len(cells) > 1 else None) is not None:
            routes.append((names[0], opened[1], opened[2]))
        elif cells[0].startswith("`"):
            may.setdefault(names[0], set()).update(r for r, cell in zip(roles, cells[1:], strict=False) if cell == "✓")
    return {(role, method, path): role in may[name] for name, method, path in routes for role in Role}


async def _answers(world: World, role: Role, token: str) -> dict[Door, bool]:
    """Whether each door of staff opens; signing out comes last."""
    doors = [operation for operation in operations(world.api) if operation.permission is not None]
    opened = {}
    for door in sorted(doors, key=lambda one: one.method == "DELETE"):
        path = re.sub(r"\{\w+_date\}", "2026-05-31", re.sub(r"\{\w+_id\}", str(UUID(int=1)), door.path))
        answer = await world.client.request(door.method, path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code != 401, door
        refused = answer.status_code == 403 and answer.json()["code"] == "platform/not-allowed"
        opened[(str(role), door.method, door.path)] = not refused
    return opened


async def test_every_role_is_let_in_where_table_and_page_say_and_nowhere_else(shop: Shop) -> None:
    accounts = shop.world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    opened: dict[Door, bool] = {}
    for role in Role:
        whose = None if role in PLATFORM_ROLES else shop.merchant_id
        await accounts.add_staff(login=role, password=PASSWORD, name=role, roles=[role], merchant_id=whose)
        opened |= await _answers(shop.world, role, (await shop.world.staff(role, PASSWORD)).token)
    permissions = {(one.method, one.path): one.permission for one in operations(shop.world.api)}
    table = {door: permissions[door[1:]] in ROLE_PERMISSIONS[Role(door[0])] for door in opened}
    assert opened == table
    assert opened == _page()


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
