"""The console's session in a cookie: no script reads it, no other site uses it, signing out ends it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.modules.accounts.support import ACCOUNTS, facade_of
from tests.support.world import SHOP, World

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"
HERE = {"Sec-Fetch-Site": "same-origin"}
SESSIONS = f"{ACCOUNTS}/staff/sessions"


async def enter(world: World, headers: dict[str, str] | None = None) -> httpx.Response:
    await facade_of(world).add_staff(
        login="lin", password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=uuid4()
    )
    body = {"login": "lin", "password": PASSWORD, "keep": "cookie"}
    return await world.client.post(SESSIONS, json=body, headers=headers or HERE)


def cookies_of(answer: httpx.Response) -> dict[str, str]:
    """Attributes by the cookie's kind."""
    found = [line.split("=", 1) for line in answer.headers.get_list("set-cookie")]
    return {name.split("_")[1]: rest.lower() for name, rest in found}


async def test_no_script_can_read_session_or_device(world: World) -> None:
    answer = await enter(world)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["token"], answer.json()["device"]) == (None, None)
    for kind in ("staff", "device"):
        attributes = cookies_of(answer)[kind]
        assert "; httponly" in attributes
        assert "; samesite=strict" in attributes
        assert "; path=/" in attributes
        assert "; secure" not in attributes
    assert (await world.client.get(f"{ACCOUNTS}/staff/me")).json()["login"] == "lin"


async def test_behind_https_the_cookies_never_leave_it(world: World) -> None:
    answer = await enter(world, HERE | {"X-Forwarded-Proto": "https"})
    assert all("; secure" in attributes for attributes in cookies_of(answer).values())


async def test_signing_out_ends_the_session_and_clears_its_cookie_but_the_device_stays_known(world: World) -> None:
    await enter(world)
    kept = dict(world.client.cookies)
    gone = await world.client.delete(f"{SESSIONS}/current", headers=HERE)
    assert gone.status_code == 204
    assert "max-age=0" in cookies_of(gone)["staff"]
    assert "device" not in cookies_of(gone)
    world.client.cookies.update(kept)
    assert (await world.client.get(f"{ACCOUNTS}/staff/me")).status_code == 401


FOREIGN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://shop.test:8001"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://shop.test:8001"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://shop.test.evil.test"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_sites_page_cannot_use_the_cookie(world: World, headers: dict[str, str]) -> None:
    await enter(world)
    refused = await world.client.delete(f"{SESSIONS}/current", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "platform/cross-site")
    assert (await world.client.get(f"{ACCOUNTS}/staff/me", headers=headers)).status_code == 200, "and reading is safe"


@pytest.mark.parametrize("headers", [HERE, {"Origin": SHOP}, {"Origin": "https://shop.test"}])
async def test_the_consoles_own_pages_can(world: World, headers: dict[str, str]) -> None:
    """The address behind a proxy that ends TLS has the same host."""
    await enter(world)
    assert (await world.client.delete(f"{SESSIONS}/current", headers=headers)).status_code == 204


async def test_without_the_check_another_site_could(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    await enter(world)
    monkeypatch.setattr("chengtuan.platform.http.access.refuse_other_sites", lambda _: None)
    evil: dict[str, Any] = {"Origin": "https://evil.test"}
    assert (await world.client.delete(f"{SESSIONS}/current", headers=evil)).status_code == 204


async def test_signing_somebody_in_from_another_site_is_refused(world: World) -> None:
    answer = await enter(world, {"Origin": "https://evil.test"})
    assert (answer.status_code, answer.json()["code"]) == (403, "platform/cross-site")


async def test_a_token_in_the_header_needs_no_cookie_and_is_asked_for_no_origin(world: World) -> None:
    await enter(world)
    world.client.cookies.clear()
    staff = await world.staff("lin", PASSWORD)
    answer = await world.client.delete(f"{SESSIONS}/current", headers={"Authorization": f"Bearer {staff.token}"})
    assert answer.status_code == 204
