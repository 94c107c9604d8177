"""The outermost layer: what never reaches the application, and what it is told about the rest."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import Request

from chengtuan.kernel.problems import Overloaded, TooLarge
from chengtuan.platform import deadline
from chengtuan.platform.http.bodies import (
    MAX_BODY_BYTES,
    MAX_INTERNAL_BYTES,
    MAX_UPLOAD_BYTES,
    SMALL_BODY_BYTES,
    Body,
    BodyRules,
    TooSlow,
    read_upload,
)
from chengtuan.platform.http.budget import Budget
from chengtuan.platform.http.client_ip import client_ip
from chengtuan.platform.http.guard import Guard
from chengtuan.platform.http.proxies import TrustedProxies
from chengtuan.platform.signing import RequestSigner

reached: list[bytes] = []


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body it was given."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    reached.append(bytes(body))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": bytes(body)})


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    reached.clear()
    transport = httpx.ASGITransport(app=Guard(_app))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


def _refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["instance"].startswith("/")
    UUID(body["request_id"])
    assert reached == []


@pytest.mark.parametrize(
    "body", [b'{"a": "\x00"}', b'{"a": "\\u0000"}', b'{"a": "\xff\xfe"}', b"\xc3", b'{"a": "\xed\xa0\x80"}']
)
async def test_text_that_cannot_be_stored_is_refused(door: httpx.AsyncClient, body: bytes) -> None:
    answer = await door.post("/x", content=body, headers={"content-type": "application/json"})
    _refused(answer, 422, "platform/invalid-request")
    assert answer.json()["errors"][0]["code"] == "bad_text"


@pytest.mark.parametrize("path", ["/x%00y", "/x?q=%00"])
async def test_a_zero_byte_in_the_address_is_refused(door: httpx.AsyncClient, path: str) -> None:
    _refused(await door.get(path), 422, "platform/invalid-request")


@pytest.mark.parametrize("path", ["/api/x%00y", "/_facade/x%00", "/api/x?q=%00"])
async def test_a_program_is_told_so_also_if_it_is_a_browser(door: httpx.AsyncClient, path: str) -> None:
    _refused(await door.get(path, headers={"accept": "text/html,*/*"}), 422, "platform/invalid-request")


async def test_who_looks_for_a_page_is_not_shown_a_document_for_programs() -> None:
    seen: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["path"], scope["raw_path"], scope["query_string"]))
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"nothing here"})

    transport = httpx.ASGITransport(app=Guard(page))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as browser:
        answer = await browser.get("/flash/%00?lang=%00", headers={"accept": "text/html,*/*"})
        assert (answer.status_code, answer.text) == (404, "nothing here")
        assert (await browser.post("/flash/%00", headers={"accept": "text/html"})).status_code == 422
    assert seen == [("/flash/\ufffd", b"/flash/%EF%BF%BD", b"lang=%EF%BF%BD")]


async def test_a_large_body_is_refused_by_its_announcement(door: httpx.AsyncClient) -> None:
    answer = await door.post("/x", content=b"x" * (MAX_BODY_BYTES + 1))
    _refused(answer, 413, "platform/too-large")
    assert answer.json()["limit_bytes"] == MAX_BODY_BYTES


@pytest.mark.parametrize("length", ["1" * 5000, "²", "-1", "x"])
async def test_an_odd_announcement_is_none(door: httpx.AsyncClient, length: str) -> None:
    answer = await door.post("/x", content=b"", headers={b"content-length": length.encode("latin-1")})
    assert answer.status_code == 200


async def _endless(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024 + 1):
        yield b"x" * 1024


async def test_a_large_body_is_refused_without_announcement_as_soon_as_it_is_too_large(
    door: httpx.AsyncClient,
) -> None:
    _refused(await door.post("/x", content=_endless(MAX_BODY_BYTES)), 413, "platform/too-large")


async def test_a_form_is_read_by_the_route_and_small_until_it_knows_who_sends() -> None:
    """Binary, and as large as the route says; the application stands for one."""

    async def route(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/known":
            scope["state"]["body"].allow(MAX_UPLOAD_BYTES)
        if scope["path"] == "/refused":
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await _app(scope, receive, send)
        except TooLarge as problem:
            await send({"type": "http.response.start", "status": problem.status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    kind = {"content-type": "multipart/form-data; boundary=x"}
    picture = b"\x00\xff" * MAX_BODY_BYTES
    rules = BodyRules.for_budget()
    transport = httpx.ASGITransport(app=Guard(route, bodies=rules))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door:
        assert (await door.post("/known", content=picture, headers=kind)).content == picture
        assert (await door.post("/known", content=_endless(MAX_UPLOAD_BYTES), headers=kind)).status_code == 413
        assert (await door.post("/unknown", content=picture, headers=kind)).status_code == 413
        assert (await door.post("/unknown", content=_endless(MAX_BODY_BYTES), headers=kind)).status_code == 413
        refused = await door.post("/refused", content=picture, headers=kind)
    assert (refused.status_code, refused.headers["connection"]) == (401, "close")
    assert (rules.known.held, rules.unknown.held) == (0, 0)


async def test_the_time_that_an_upload_took_to_arrive_was_the_senders() -> None:
    form = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\npixels\r\n--x--\r\n'

    async def receive() -> dict[str, Any]:
        running = deadline._current.get()
        assert running is not None
        running.at -= 95  # so long it was on its way
        return {"type": "http.request", "body": form, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with deadline.within(100):
        assert await read_upload(request, "file") == b"pixels"
        assert deadline.remaining(1000) > 50


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
async def test_a_body_that_does_not_arrive_is_not_waited_for(kind: str) -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(60)

    transport = httpx.ASGITransport(app=Guard(_app, bodies=BodyRules.for_budget(grace_s=0.05)))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door, asyncio.timeout(20):
        if kind == "application/json":
            answer = await door.post("/x", content=drip(), headers={"content-type": kind})
            assert (answer.status_code, answer.json()["code"]) == (408, "platform/too-slow")
            assert answer.headers["connection"] == "close"
        else:
            with pytest.raises(TooSlow):  # the route's own, which answers it as any problem
                await door.post("/x", content=drip(), headers={"content-type": kind})


async def test_a_body_may_take_its_time_as_long_as_it_comes() -> None:
    body = Body(_Slowly([b"x" * 1000] * 5), BodyRules(Budget(9000, 9000), Budget(0, 0), 0.2, 2000), "here", None)
    async with asyncio.timeout(20):
        assert len(await body.whole()) == 5000


class _Slowly:
    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    async def __call__(self) -> dict[str, Any]:
        await asyncio.sleep(0.1)
        part = self._parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self._parts)}


async def test_what_is_held_for_all_has_a_limit_and_is_given_back() -> None:
    """Two clients send and do not end; a third finds no room, and finds it when they have gone."""
    rules = BodyRules(Budget(1000, 600), Budget(0, 0))
    going = asyncio.Event()

    async def endless(count: int) -> AsyncIterator[bytes]:
        yield large(count)
        await going.wait()

    def large(count: int) -> bytes:
        """So many bytes beyond what everybody may hold."""
        return b"x" * (SMALL_BODY_BYTES + count)

    def door(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=Guard(_app, bodies=rules), client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://shop.test")

    async with door("192.0.2.1") as first, door("192.0.2.2") as second, door("192.0.2.3") as third:
        sending = [asyncio.create_task(each.post("/x", content=endless(450))) for each in (first, second)]
        while rules.unknown.held < 900:
            await asyncio.sleep(0)
        full = await third.post("/x", content=large(200))
        assert (full.status_code, full.json()["code"]) == (503, "platform/overloaded")
        assert full.headers["retry-after"] == "2"
        greedy = await first.post("/x", content=large(200))
        assert (greedy.status_code, greedy.json()["code"]) == (429, "platform/too-many-requests")
        assert greedy.headers["retry-after"] == "5"
        assert (await third.post("/x", content=large(50))).status_code == 200
        going.set()
        assert [answer.status_code for answer in await asyncio.gather(*sending)] == [200, 200]
        assert rules.unknown.held == 0
        assert (await third.post("/x", content=large(200))).status_code == 200
    assert not rules.unknown._held, "nobody is remembered who sends nothing any more"
    with pytest.raises(Overloaded):
        Budget(10, 20).take("one", 11)


async def test_unfinished_bodies_keep_nobody_from_a_small_one() -> None:
    """A stranger with a few addresses filled the budget with unfinished bodies: nobody could sign in or buy."""
    rules = BodyRules(Budget(1000, 600), Budget(0, 0))
    rules.unknown.take("192.0.2.1", 600)
    rules.unknown.take("192.0.2.2", 400)
    for address in ("192.0.2.1", "192.0.2.3"):
        transport = httpx.ASGITransport(app=Guard(_app, bodies=rules), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door:
            assert (await door.post("/x", content=b"x" * SMALL_BODY_BYTES)).status_code == 200
            assert (await door.post("/x", content=b"x" * (SMALL_BODY_BYTES + 1))).status_code in (429, 503)
    assert rules.unknown.held == 1000


async def test_the_addresses_of_one_household_are_one_client() -> None:
    rules = BodyRules(Budget(10_000, 100), Budget(0, 0))
    rules.unknown.take("2001:db8::", 100)
    transport = httpx.ASGITransport(app=Guard(_app, bodies=rules), client=("2001:db8::77", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door:
        assert (await door.post("/x", content=b"x" * (SMALL_BODY_BYTES + 1))).status_code == 429


async def test_our_own_processes_may_send_more_than_others() -> None:
    signer = RequestSigner(b"0" * 32)
    transport = httpx.ASGITransport(app=Guard(_app, is_ours=signer.is_ours))
    large = b"x" * (MAX_BODY_BYTES + 1)
    path = "/_events/trade"
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door:
        assert (await door.post(path, content=large, headers=signer.sign(path, large))).status_code == 200
        assert (await door.post(path, content=large)).status_code == 413
        forged = RequestSigner(b"1" * 32).sign(path, large)
        assert (await door.post(path, content=large, headers=forged)).status_code == 413
        assert (await door.post("/x", content=large, headers=signer.sign("/x", large))).status_code == 413
        huge = _endless(MAX_INTERNAL_BYTES)
        assert (await door.post(path, content=huge, headers=signer.sign(path, b""))).status_code == 413


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("127.0.0.0/8,::1", "127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.0/8,::1", "203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody may say it of himself
        ("127.0.0.0/8", "127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # nor to our own proxy
        ("127.0.0.0/8,10.0.0.0/24", "10.0.0.8", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.0/8,10.0.0.0/24", "127.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.8", "203.0.113.7"),
        ("127.0.0.0/8,10.0.0.0/24", "127.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("10.0.0.0/24", "10.0.1.8", "203.0.113.7", "10.0.1.8"),
        ("127.0.0.1", "127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"),  # what stands before it proves nothing
        ("127.0.0.1", "127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("::1,2001:db8::/32", "::1", "[2001:db9::5]:443", "2001:db9::5"),
        ("127.0.0.1", "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("", "127.0.0.1", "203.0.113.7", "127.0.0.1"),
        ("127.0.0.1", "::ffff:203.0.113.9", None, "203.0.113.9"),
        ("127.0.0.1", "2001:db8::7", None, "2001:db8::7"),
    ],
)
async def test_the_client_is_who_trusted_proxies_say(
    trusted: str, peer: str, forwarded: str | None, client: str
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": client_ip(Request(scope)).encode()})

    guard = Guard(app, proxies=TrustedProxies.parse(trusted))
    transport = httpx.ASGITransport(app=guard, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as door:
        headers = {"x-forwarded-for": forwarded} if forwarded is not None else {}
        assert (await door.get("/x", headers=headers)).text == client


async def test_several_forwarded_headers_are_one_list() -> None:
    scope = {
        "client": ("127.0.0.1", 1),
        "headers": [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"203.0.113.7")],
    }
    assert TrustedProxies.parse("127.0.0.1").client_of(scope) == "203.0.113.7"


async def test_everything_else_goes_through_unchanged_with_an_id_of_its_own(door: httpx.AsyncClient) -> None:
    text = '{"name": "蜜柚 🍊"}'.encode()
    answers = [await door.post("/x", content=text) for _ in range(2)]
    assert [a.content for a in answers] == [text, text]
    assert answers[0].headers["x-own"] == "1"
    ids = {UUID(a.headers["x-request-id"]) for a in answers}
    assert len(ids) == 2
    largest = b"x" * MAX_BODY_BYTES
    assert (await door.post("/x", content=largest)).content == largest


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/meta", "/nowhere"])
async def test_every_answer_tells_browsers_to_be_careful(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
