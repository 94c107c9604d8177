"""Sections answer as routers do, and are not tried for addresses of others."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Match
from starlette.types import Scope

from chengtuan.platform.http.section import Section

ASKED = [
    ("GET", "/api/a/things"),
    ("POST", "/api/a/things"),
    ("GET", "/api/a/things/7"),
    ("GET", "/api/a/things/"),
    ("GET", "/api/ab"),
    ("GET", "/api/b/deep/things"),
    ("GET", "/api/b/nothing"),
    ("GET", "/elsewhere"),
]


def _app(kind: type[APIRouter]) -> FastAPI:
    app = FastAPI()
    first, second, deep = kind(prefix="/api/a"), kind(prefix="/api/b"), APIRouter(prefix="/deep")

    @first.get("/things")
    async def things() -> str:
        return "things"

    @first.get("/things/{number}")
    async def thing(number: int) -> int:
        return number

    @deep.get("/things")
    async def deep_things() -> str:
        return "deep"

    second.include_router(deep)
    for router in (first, second):
        app.include_router(router)
    return app


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_a_section_answers_as_a_router_does(method: str, path: str) -> None:
    answers = []
    for kind in (APIRouter, Section):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(_app(kind)), base_url="http://shop") as client:
            answer = await client.request(method, path)
            answers.append((answer.status_code, answer.content, answer.headers.get("location")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("kind", "tried"), [(Section, 1), (APIRouter, 2)], ids=["section", "router"])
async def test_only_the_section_of_an_address_is_tried(
    kind: type[APIRouter], tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The router is the control."""
    app = _app(kind)
    looked: list[str] = []
    matches = APIRouter.matches

    def watched(self: APIRouter, scope: Scope) -> tuple[Match, Scope]:
        looked.append(self.prefix)
        return matches(self, scope)

    monkeypatch.setattr(APIRouter, "matches", watched)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        assert (await client.get("/api/b/deep/things")).text == '"deep"'
    assert len([prefix for prefix in looked if prefix.startswith("/api")]) == tried
