"""What comes with every answer: from our own server, and from the web server that stands before the services."""

import contextlib
import gzip
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from chengtuan.apps.files import ClientFiles, ConsoleFiles, MediaFiles, Site
from chengtuan.apps.nginx import nginx_conf
from chengtuan.apps.topology import load_topology
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.http.headers import (
    ASK_AGAIN,
    FOR_AN_HOUR,
    IMMUTABLE,
    NEVER_KEPT,
    NOTHING,
    PAGES,
    SAFETY,
    SafeHeaders,
)
from chengtuan.platform.http.problems import install_problem_handlers
from tests.support.ports import free_port
from tests.support.shop import Shop
from tests.support.world import World, open_world

SCRIPT = b"console.log('hello, and more of the same')\n" * 60
FILES = {
    "shop/index.html": b"<!doctype html><title>shop</title>",
    "shop/assets/index-abc.js": SCRIPT,
    "shop/assets/index-abc.js.gz": gzip.compress(SCRIPT, mtime=0),
    "shop/.older.json": b"{}",
    "console/index.html": b"<!doctype html><title>console</title>",
    "console/assets/main-def.css": b"body{}",
    "media/products/pomelo.svg": b"<svg/>",
    "media/uploads/0a1b.webp": b"RIFF",
    "media/.compose.json": b"{}",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("files")
    root.chmod(0o755)
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest_asyncio.fixture(params=["own server", "nginx"])
async def door(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The files, served in each topology."""
    if request.param == "nginx":
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            pytest.skip("there is no nginx")
        with _nginx(program, folder, tmp_path) as url:
            async with httpx.AsyncClient(base_url=url) as client:
                yield client
        return
    app = FastAPI()
    install_problem_handlers(app)
    app.mount("/media", MediaFiles(folder / "media"))
    app.router.routes += [Site("/console", ConsoleFiles(folder / "console")), Site("/", ClientFiles(folder / "shop"))]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(SafeHeaders(app)), base_url="http://shop.test"
    ) as client:
        yield client


@contextlib.contextmanager
def _nginx(program: str, folder: Path, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    root = {name: folder / name for name in ("media", "shop", "console")}
    conf = nginx_conf(load_topology("services"), listen=port, base_port=port, root=root)
    places = "".join(
        f"  {each}_temp_path {tmp_path}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(conf.replace("http {\n", f"http {{\n{places}", 1))
    user = " user root;" if os.geteuid() == 0 else ""
    directives = f"daemon off; pid {tmp_path}/nginx.pid; error_log stderr warn;{user}"
    process = subprocess.Popen([program, "-p", f"{tmp_path}/", "-c", str(tmp_path / "nginx.conf"), "-g", directives])
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{url}/")
                break
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize(
    ("path", "keeping", "policy", "kind"),
    [
        ("/", ASK_AGAIN, PAGES, "text/html"),
        ("/assets/index-abc.js", IMMUTABLE, PAGES, "javascript"),
        ("/console/", ASK_AGAIN, PAGES, "text/html"),
        ("/console/assets/main-def.css", IMMUTABLE, PAGES, "text/css"),
        ("/media/products/pomelo.svg", FOR_AN_HOUR, NOTHING, "image/svg+xml"),
        ("/media/uploads/0a1b.webp", IMMUTABLE, NOTHING, "image/webp"),
    ],
)
async def test_files_say_how_long_they_are_good_and_what_they_may(
    door: httpx.AsyncClient, path: str, keeping: str, policy: str, kind: str
) -> None:
    answer = await door.get(path)
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    wanted = SAFETY | {"Cache-Control": keeping, "Content-Security-Policy": policy}
    again = await door.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    for said in (answer, again):  # a browser takes what comes with "not modified" over into what it has kept
        assert {name: said.headers.get_list(name) for name in wanted} == {n: [value] for n, value in wanted.items()}


async def test_a_part_of_a_file_is_given_or_refused_as_everything_is(door: httpx.AsyncClient) -> None:
    path = "/media/products/pomelo.svg"
    part = await door.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"svg")
    beyond = await door.get(path, headers={"Range": "bytes=999-"})
    assert (beyond.status_code, beyond.headers["content-type"]) == (416, "application/problem+json")
    assert beyond.json()["code"] == "platform/range-not-satisfiable"
    other = await door.get(path, headers={"Range": "lines=1-2"})
    assert (other.status_code, other.content) == (200, b"<svg/>"), "what is no range of bytes is passed over"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/console/freight", "/console/#/freight"),
        ("/console/orders?status=to_ship&q=1", "/console/#/orders?status=to_ship&q=1"),
        ("/console/products/1/", "/console/#/products/1/"),
        ("/console/%E9%81%8B%E8%B2%BB", "/console/#/%E9%81%8B%E8%B2%BB"),
    ],
)
async def test_a_page_of_the_console_without_its_hash_is_found(door: httpx.AsyncClient, path: str, place: str) -> None:
    led = await door.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (led.status_code, led.headers["location"]) == (307, place)
    assert (led.headers["vary"], led.headers["cache-control"]) == ("Accept", ASK_AGAIN)
    for accept in ("*/*", "application/json"):
        told = await door.get(path, headers={"Accept": accept})
        assert (told.status_code, told.json()["code"]) == (404, "platform/not-found")


@pytest.mark.parametrize("path", ["/console/assets/gone", "/console/gone.js", "/console/%0d%0aSet-Cookie:x"])
async def test_what_is_no_page_of_the_console_leads_nowhere_else(door: httpx.AsyncClient, path: str) -> None:
    answer = await door.get(path, headers={"Accept": "text/html"})
    assert "set-cookie" not in answer.headers
    assert answer.status_code == 404 or answer.headers["location"].startswith("/console/#/")


async def test_scripts_come_packed_to_those_who_can_unpack(door: httpx.AsyncClient) -> None:
    packed = await door.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "javascript" in packed.headers["content-type"]
    assert int(packed.headers["content-length"]) == len(FILES["shop/assets/index-abc.js.gz"])
    assert packed.content == SCRIPT
    for refusing in ("identity", "gzip;q=0"):
        plain = await door.get("/assets/index-abc.js", headers={"Accept-Encoding": refusing})
        assert "content-encoding" not in plain.headers
        assert plain.content == SCRIPT
        assert plain.headers["vary"].lower() == packed.headers["vary"].lower() == "accept-encoding"
        assert plain.headers["etag"] != packed.headers["etag"]


@pytest.mark.parametrize("path", ["/.older.json", "/media/.compose.json", "/media/%2ecompose.json", "/.git/config"])
async def test_files_with_a_dot_in_front_are_nobodys(door: httpx.AsyncClient, path: str) -> None:
    assert (await door.get(path)).status_code == 404


async def test_what_is_personal_is_kept_by_nobody(shop: Shop) -> None:
    client, owner = shop.world.client, shop.merchant
    assert (await owner.get("/api/v1/trade/console/campaigns")).headers["cache-control"] == NEVER_KEPT
    signed_in = await client.post("/api/v1/accounts/staff/sessions", json={"login": "x", "password": "y"})
    assert signed_in.headers["cache-control"] == NEVER_KEPT
    for path in ("/api/v1/trade/listings", f"/api/v1/catalog/products/{shop.product_id}", "/api/v1/meta"):
        for _ in range(2):  # the second may be answered from memory
            public = await client.get(path)
            assert (public.status_code, public.headers["cache-control"]) == (200, ASK_AGAIN)
            assert public.headers["content-security-policy"] == NOTHING


async def test_the_pages_of_the_api_run_no_script_that_stands_in_them(world: World) -> None:
    page = await world.client.get("/docs")
    assert page.headers["content-security-policy"] == PAGES
    assert page.text.count("<script src=") == page.text.count("<script") == 2
    started = await world.client.get("/docs/start.js")
    assert "/openapi.json" in started.text


async def test_a_method_that_is_not_allowed_is_told_which_are(world: World) -> None:
    answer = await world.client.delete("/api/v1/catalog/console/products")
    assert (answer.status_code, answer.json()["code"]) == (405, "platform/method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}
    assert (await world.client.post("/api/v1/meta")).headers["allow"] == "GET"


async def test_an_outage_says_when_to_come_again(database_url: str, tmp_path: Path, clock: MovableClock) -> None:
    async with open_world(database_url, tmp_path, clock) as world:
        for module in world.composition.running.values():
            await module.database.close()
        for path in ("/api/v1/catalog/categories", "/healthz"):
            answer = await world.client.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/api/v1/meta/", "/api/v1/trade/listings/", "/openapi.json/"])
async def test_a_slash_too_many_leads_nowhere(world: World, path: str) -> None:
    """The framework redirects to whatever `Host` says, by the scheme that it sees behind a proxy."""
    answer = await world.client.get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (404, "platform/not-found")
    assert "location" not in answer.headers
