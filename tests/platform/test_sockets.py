"""Bodies that do not arrive, over real sockets: the server answers, closes, and holds nothing of them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.support.ports import free_port

pytestmark = pytest.mark.slow

PATIENCE_S = 60
SENDERS = 80


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port() -> AsyncIterator[int]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.platform.door_process", str(port)), start_new_session=True
    )
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                assert process.returncode is None
                await asyncio.sleep(0.05)
    yield port
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def held(port: int) -> dict[str, int]:
    async with httpx.AsyncClient(trust_env=False) as client:
        return dict((await client.get(f"http://127.0.0.1:{port}/")).json())


KEY = str(uuid4())


async def send(port: int, path: str, kind: str, announced: int, sent: bytes) -> bytes:
    """The answer's status, once the server has closed the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = f"host: x\r\ncontent-type: {kind}\r\ncontent-length: {announced}\r\nidempotency-key: {KEY}"
    head = f"POST {path} HTTP/1.1\r\n{headers}\r\n\r\n"
    try:
        writer.write(head.encode() + sent)
        return (await reader.read()).split(maxsplit=2)[1]
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("path", "form", "announced", "sent", "status"),
    [
        ("/", False, 100, 1, b"408"),
        ("/read", True, 200_000, 1, b"408"),
        ("/read", True, 5_000_000, 1, b"413"),
        ("/", False, 5_000_000, 1, b"413"),
        ("/stranger", True, 5_000_000, 100_000, b"401"),
        ("/closed", False, 100, 1, b"404"),
        ("/closed", False, 5_000_000, 1, b"413"),
    ],
)
async def test_what_does_not_arrive_is_answered_and_closed(
    port: int, *, path: str, form: bool, announced: int, sent: int, status: bytes
) -> None:
    kind = "multipart/form-data; boundary=x" if form else "application/json"
    async with asyncio.timeout(PATIENCE_S):
        assert await send(port, path, kind, announced, b"x" * sent) == status


async def test_a_connection_goes_on_after_a_body_that_nobody_looked_at(port: int) -> None:
    """In one piece with what was before it, or in pieces that come later."""
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /closed HTTP/1.1\r\nhost: x\r\nidempotency-key: {KEY}\r\ncontent-length: 9\r\n\r\n".encode()
        for pieces in ([head + b"123456789"], [head, b"123", b"456789"], [head + b"123456789"]):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.02)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 404")
            assert b"connection: close" not in answer.lower()
            length = int(answer.lower().partition(b"content-length: ")[2].split(b"\r")[0])
            await reader.readexactly(length)
        writer.close()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nhos", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"])
async def test_a_connection_that_says_nothing_more_is_closed(port: int, said: bytes) -> None:
    """Not one word, half a head, or a whole request and then silence."""
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200") is (said[-4:] == b"\r\n\r\n")


async def test_many_unfinished_bodies_are_let_go(port: int) -> None:
    kind = "application/json"
    async with asyncio.timeout(PATIENCE_S):
        senders = [asyncio.create_task(send(port, "/", kind, 200_000, b"x" * 100_000)) for _ in range(SENDERS)]
        while not (most := await held(port))["unknown"]:
            await asyncio.sleep(0)
        answers = set(await asyncio.gather(*senders, return_exceptions=True))
        assert await held(port) == {"unknown": 0, "known": 0}
    assert most["unknown"] <= 32 * 1024 * 1024
    assert answers <= {b"408", b"429"}, "each was told, and its connection closed"
    assert b"429" in answers, "one address does not get all the room there is"
