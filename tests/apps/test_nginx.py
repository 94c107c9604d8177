"""The door before several processes: nginx itself, with a process behind it that does what a test wants."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from chengtuan.apps.nginx import UPLOADS, WAITING, nginx_conf
from chengtuan.apps.startup.services import _configuration
from chengtuan.apps.topology import Topology, load_topology
from chengtuan.platform.http.bodies import MAX_BODY_BYTES
from chengtuan.platform.http.headers import ASK_AGAIN, PAGES
from tests.support.debian import require_program
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
PATH = "/api/v1/trade/orders"


@dataclass
class Behind:
    """A process: notes the heads of its requests, and cuts off the first `deaths` of them; hangs until `goes_on`."""

    port: int
    deaths: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[int] = field(default_factory=list)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            if self.deaths:
                self.deaths -= 1
                return
            length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0)
            if b"x-test-hang" in head.lower():
                await self.goes_on.wait()
            if b"x-test-refuse" in head.lower():
                body = b'{"code":"own"}'
                await self._answer(writer, b"503 Service Unavailable", body, b"retry-after: 7\r\n")
                return
            self.bodies.append(len(await reader.readexactly(length)))
            await self._answer(writer, b"200 OK", b"{}")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, status: bytes, body: bytes, more: bytes = b"") -> None:
        head = b"HTTP/1.1 %b\r\ncontent-type: application/problem+json\r\nconnection: close\r\n" % status
        writer.write(head + more + b"content-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()


@dataclass
class Door:
    port: int
    client: httpx.AsyncClient
    behind: Behind


def _write(topology: Topology, folder: Path, port: int) -> Path:
    for name in ("media", "dist/shop", "dist/console"):
        (folder / name).mkdir(parents=True)
    (folder / "dist" / "shop" / "index.html").write_text("shop")
    environ = {"CHENGTUAN_DATA": str(folder), "CHENGTUAN_CLIENT_DIST": str(folder / "dist")}
    environ |= {"CHENGTUAN_REQUEST_TIMEOUT_S": "0.5"}
    file = folder / "nginx.conf"
    file.write_text(_configuration(environ, topology, port, folder))
    return file


@pytest.fixture
async def door(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """nginx as the topology `services` has it; only `trade` is there."""
    nginx = require_program("nginx", request.config)
    topology, port = load_topology("services"), free_port()
    behind = Behind(port + topology.process("trade").port_offset)
    server = await asyncio.start_server(behind.serve, "127.0.0.1", behind.port)
    folder = tmp_path / "with space"
    conf = _write(topology, folder, port)
    user = " user root;" if os.geteuid() == 0 else ""
    directives = f'daemon off; pid "{folder}/pid"; error_log stderr crit;{user}'
    process = await asyncio.create_subprocess_exec(nginx, "-p", f"{folder}/", "-c", conf, "-g", directives)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
        async with asyncio.timeout(20):
            while True:
                try:
                    assert (await client.get("/index.html")).text == "shop"
                    break
                except httpx.TransportError:
                    assert process.returncode is None
                    await asyncio.sleep(0.02)
        yield Door(port, client, behind)
    process.terminate()
    await process.wait()
    server.close()


def _problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, object] = answer.json()
    assert (document["code"], document["status"]) == (code, status)
    assert str(document["instance"]).startswith("/")
    UUID(str(document["request_id"]))
    assert answer.headers["x-content-type-options"] == "nosniff"
    return document


async def test_whatever_nginx_says_itself_is_a_problem_document(door: Door) -> None:
    away = await door.client.get('/api/v1/payments/x?y="z')
    assert _problem(away, 503, "platform/unavailable")["instance"] == "/api/v1/payments/x"
    assert away.headers["retry-after"] == "2"
    keyed = await door.client.post("/api/v1/payments/x", headers={"idempotency-key": "k"})
    _problem(keyed, 503, "platform/unavailable")
    large = await door.client.post(PATH, content=b"x" * (MAX_BODY_BYTES + 1))
    assert _problem(large, 413, "platform/too-large")["limit_bytes"] == MAX_BODY_BYTES
    _problem(await door.client.get("/_facade/trade/x"), 404, "platform/not-found")
    _problem(await door.client.get("/nowhere.js"), 404, "platform/not-found")
    _problem(await door.client.post("/index.html"), 405, "platform/method-not-allowed")
    _problem(await door.client.get("/", headers={"x": "y" * 40000}), 422, "platform/invalid-request")
    garbled = await _raw(door, b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: nonsense\r\n\r\n")
    assert (garbled[0], garbled[1]["code"]) == (b"422", "platform/invalid-request")
    for unreadable in (b"GET /%00", b"GET /../../etc/passwd", b"\x16\x03\x01\x02", b"GET /_refused/422"):
        answer = await _raw(door, unreadable + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        expected = (b"404", "platform/not-found") if b"_refused" in unreadable else (b"422", "platform/invalid-request")
        assert (answer[0], answer[1]["code"]) == expected, unreadable
    quoted = await _raw(door, b'GET /no"where\\.js HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    assert (quoted[0], quoted[1]["instance"]) == (b"404", "/no"), "nothing of the address breaks the document"


async def _raw(door: Door, request: bytes) -> tuple[bytes, dict[str, object]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(request)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return head.split()[1], json.loads(body)


async def test_what_a_process_says_itself_is_left_alone(door: Door) -> None:
    answer = await door.client.get(PATH, headers={"x-test-refuse": "1", "x-forwarded-for": "198.51.100.1"})
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (503, {"code": "own"}, "7")
    sent = door.behind.heads[-1].lower()
    assert b"x-forwarded-for: 198.51.100.1, 127.0.0.1\r\n" in sent, "what the peer claims stands before the peer"
    assert b"host: 127.0.0.1:%d\r\n" % door.port in sent


@pytest.mark.parametrize(
    ("method", "key", "tries"), [("GET", "", 2), ("POST", "", 1), ("POST", "k", 2), ("PATCH", "", 1), ("PATCH", "k", 2)]
)
async def test_what_is_safe_is_sent_once_more(door: Door, method: str, key: str, tries: int) -> None:
    door.behind.deaths = 1
    headers = {"idempotency-key": key} if key else {}
    answer = await door.client.request(method, PATH, headers=headers, content=b"" if method == "GET" else b"{}")
    assert len(door.behind.heads) == tries
    if tries == 2:
        assert answer.status_code == 200
        assert door.behind.bodies == [0 if method == "GET" else 2]
    else:
        _problem(answer, 503, "platform/unavailable")


@pytest.mark.slow
async def test_a_process_that_hangs_is_answered_for_but_not_where_waiting_is_meant(door: Door) -> None:
    hang = {"x-test-hang": "1"}
    paths = [*(path.format(group_id="x") for path in WAITING), f"{PATH}?wait=20"]
    waiting = [asyncio.create_task(door.client.get(path, headers=hang)) for path in paths]
    plain, health, keyed = await asyncio.gather(
        door.client.get(PATH, headers=hang),
        door.client.get("/healthz/trade", headers=hang),
        door.client.post(PATH, headers=hang | {"idempotency-key": "k"}, content=b"{}"),
    )
    for answer in (plain, health, keyed):
        _problem(answer, 503, "platform/unavailable")
        assert answer.headers["retry-after"] == "2"
    assert not any(task.done() for task in waiting)
    door.behind.goes_on.set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * len(paths)
    assert len(door.behind.heads) == 3 + len(paths), "what may still be under way is not sent again"


async def test_an_upload_reaches_its_process_before_it_is_whole(tmp_path: Path, door: Door) -> None:
    """So that a stranger's is refused before anything keeps it."""
    topology = load_topology("services")
    user_port = door.port + topology.process("user").port_offset
    behind = Behind(user_port)
    server = await asyncio.start_server(behind.serve, "127.0.0.1", user_port)
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(
        b"POST %b HTTP/1.1\r\nhost: x\r\nx-test-refuse: 1\r\ncontent-length: 5000000\r\n\r\n" % UPLOADS[0].encode()
        + b"x" * 1000
    )
    async with asyncio.timeout(20):
        assert (await reader.readline()).split()[1] == b"503"
    assert len(behind.heads) == 1
    writer.close()
    server.close()


def test_every_route_that_takes_a_form_or_waits_is_known_to_nginx() -> None:
    described = json.loads((ROOT / "clients" / "packages" / "api" / "openapi.json").read_text())["paths"]
    forms = {
        path
        for path, methods in described.items()
        for operation in methods.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }
    assert forms == set(UPLOADS)
    assert set(WAITING) <= set(described)


def test_every_process_has_its_place(tmp_path: Path) -> None:
    topology = load_topology("services")
    root = dict.fromkeys(("media", "shop", "console"), tmp_path)
    conf = nginx_conf(topology, listen=8000, base_port=8000, root=root)
    for process in topology.processes:
        for module in process.modules:
            assert f"location ^~ /api/v1/{module}/ {{" in conf
            assert f"proxy_pass http://{process.name};" in conf


async def test_a_page_comes_from_a_process_and_opens_without_one(door: Door) -> None:
    page = await door.client.get("/group/1?lang=en", headers={"accept-language": "en"})
    assert (page.status_code, page.text) == (200, "{}")
    assert door.behind.heads[-1].startswith(b"GET /group/1?lang=en HTTP/1.1\r\n")
    door.behind.deaths = 2
    alone = await door.client.get("/orders/1")
    assert (alone.status_code, alone.text, alone.headers["content-type"]) == (200, "shop", "text/html")
    assert (alone.headers["cache-control"], alone.headers["content-security-policy"]) == (ASK_AGAIN, PAGES)
    asked = len(door.behind.heads)
    for path in ("/index.html", "/assets/gone", "/media/gone", "/console/gone"):
        assert (await door.client.get(path)).status_code == (200 if path == "/index.html" else 404)
    assert len(door.behind.heads) == asked, "what is a file nobody is asked for"
