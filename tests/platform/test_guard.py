"""The outermost layer: what never reaches the application, and what it is told about the rest."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from chengtuan.platform.http.guard import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, Guard

reached: list[bytes] = []


async def _app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body it was given."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    reached.append(body)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": body})


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


async def test_a_large_body_is_refused_by_its_announcement(door: httpx.AsyncClient) -> None:
    answer = await door.post("/x", content=b"x" * (MAX_BODY_BYTES + 1))
    _refused(answer, 413, "platform/too-large")
    assert answer.json()["limit_bytes"] == MAX_BODY_BYTES


async def _endless(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024 + 1):
        yield b"x" * 1024


async def test_a_large_body_is_refused_without_announcement_as_soon_as_it_is_too_large(
    door: httpx.AsyncClient,
) -> None:
    _refused(await door.post("/x", content=_endless(MAX_BODY_BYTES)), 413, "platform/too-large")


async def test_uploads_may_be_larger_and_binary_but_not_endless(door: httpx.AsyncClient) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    picture = b"\x00\xff" * MAX_BODY_BYTES
    assert (await door.post("/x", content=picture, headers=kind)).content == picture
    reached.clear()
    _refused(await door.post("/x", content=_endless(MAX_UPLOAD_BYTES), headers=kind), 413, "platform/too-large")


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
