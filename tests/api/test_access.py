"""Every route says who may call it, exactly once, and means it."""

import re
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from chengtuan.platform.http.access import PUBLIC, CurrentShopper, CurrentStaff
from tests.api.routes import ACCESS, api_routes, markers, operations
from tests.support.shop import Shop
from tests.support.world import World

FRAMEWORK_PATHS = {"/openapi.json"}
"""Routes that the framework adds by itself: the API's public description."""


def _unmarked(app: FastAPI) -> list[str]:
    """Routes without exactly one marker."""
    return [f"{route.path} {markers(route)}" for route in api_routes(app) if len(markers(route)) != 1]


async def test_every_route_has_exactly_one_access_marker(world: World) -> None:
    assert _unmarked(world.api) == []
    found = {marker for route in api_routes(world.api) for marker in markers(route)}
    assert found == ACCESS
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

    async def undecided(a: CurrentShopper, b: CurrentStaff) -> None: ...

    async def fine() -> None: ...

    async def nested() -> None: ...

    async def through(_: CurrentShopper) -> None: ...

    router.add_api_route("/forgotten", forgotten)
    router.add_api_route("/undecided", undecided)
    router.add_api_route("/fine", fine, dependencies=[PUBLIC])
    router.add_api_route("/nested", nested, dependencies=[Depends(through)])
    app.include_router(router)
    caught = _unmarked(app)
    assert len(caught) == 2
    assert caught[0].startswith("/forgotten")
    assert caught[1].startswith("/undecided")


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


async def test_staff_of_a_merchant_are_not_the_platforms(shop: Shop) -> None:
    for operation in operations(shop.world.api):
        if operation.access == "platform":
            path = re.sub(r"\{\w+_date\}", "2026-05-31", re.sub(r"\{\w+_id\}", str(UUID(int=1)), operation.path))
            headers = {"Authorization": f"Bearer {shop.merchant.token}"}
            answer = await shop.world.client.request(operation.method, path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "platform/not-allowed"), operation.id


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer  ", "bearer\tx", "Bearer \u00e4".encode("latin-1")])
async def test_a_malformed_authorization_is_not_signed_in(world: World, header: str | bytes) -> None:
    value = header if isinstance(header, bytes) else header.encode()
    answer = await world.client.get("/api/v1/accounts/me", headers={b"Authorization": value})
    assert (answer.status_code, answer.json()["code"]) == (401, "platform/not-signed-in")
