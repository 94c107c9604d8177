"""The transport against servers that say exactly what the test wants, and beside httpx's own."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from chengtuan.gateways.http_transport import AiohttpTransport, PlainClient
from chengtuan.gateways.sandbox.certificates import self_signed

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_PATIENT = httpx.Timeout(60)
"""Far more than any answer takes on a busy machine."""
_SOON = httpx.Timeout(60, read=0.2)
"""Where no answer comes."""
_OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def _server(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Its port. `talk` leads each connection."""

    async def led(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up, as some tests want
        finally:
            writer.close()

    server = await asyncio.start_server(led, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


class _Saying:
    """A server that answers each request with the next of these bytes, and ends a connection after `end` of them."""

    def __init__(self, *answers: bytes, end: int = 1000, slowly: bool = False) -> None:
        self.answers = list(answers)
        self.connections: list[list[bytes]] = []
        self._end = end
        self._slowly = slowly

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests: list[bytes] = []
        self.connections.append(requests)
        while len(requests) < self._end:
            requests.append(await _request(reader))
            answer = self.answers.pop(0)
            for part in [bytes([byte]) for byte in answer] if self._slowly else [answer]:
                writer.write(part)
                await writer.drain()


def _client(transport: httpx.AsyncBaseTransport, port: int, timeout: httpx.Timeout = _PATIENT) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{port}", timeout=timeout, trust_env=False)


_CHUNKS = b"3\r\nabc\r\n2;note=1\r\nde\r\n0\r\nx-sum: 1\r\n\r\n"
_ANSWERS = {
    "with a length": (_OK, False),
    "in chunks, with a trailer": (
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX-Odd-Case: A\r\n\r\n" + _CHUNKS,
        False,
    ),
    "until the end of the connection": (b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\neverything", True),
    "without a body": (b"HTTP/1.1 204 No Content\r\nwechatpay-nonce: n\r\n\r\n", False),
    "after a preliminary one": (b"HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n" + _OK, False),
    "compressed": (
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%s"
        % (len(gzip.compress(b"small" * 50, mtime=0)), gzip.compress(b"small" * 50, mtime=0)),
        False,
    ),
    "a refusal": (
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 4\r\nset-cookie: a\r\nset-cookie: b\r\n\r\noh!!",
        False,
    ),
    "large": (b"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" + b"x" * 3_000_000, False),
}


def _httpx_as_it_comes(port: int) -> httpx.AsyncClient:
    return _client(httpx.AsyncHTTPTransport(), port)


def _client_over_aiohttp(port: int) -> httpx.AsyncClient:
    return _client(AiohttpTransport(), port)


def _plain_client(port: int, **options: Any) -> httpx.AsyncClient:
    return PlainClient(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENT, **options)


async def test_a_plain_client_follows_nothing_remembers_nothing_and_calls_its_hooks() -> None:
    led = b"HTTP/1.1 302 Found\r\nlocation: /x\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n"
    talk, seen = _Saying(led, _OK), list[str]()

    async def asked(request: httpx.Request) -> None:
        if request.url.path == "/no":
            raise httpx.ConnectError("nobody there", request=request)
        seen.append(request.url.path)

    async def answered(response: httpx.Response) -> None:
        seen.append(f"{response.request.url.path} {response.status_code} {response.text}")

    hooks = {"request": [asked], "response": [answered]}
    async with _server(talk) as port, _plain_client(port, event_hooks=hooks, follow_redirects=True) as client:
        assert (await client.get("/1")).headers["location"] == "/x"
        with pytest.raises(httpx.ConnectError):
            await client.get("/no")
        assert (await client.get("/2")).text == "ok"
    assert seen == ["/1", "/1 302 ", "/2", "/2 200 ok"]
    assert b"cookie" not in talk.connections[0][1].lower()


@pytest.mark.parametrize("what", _ANSWERS)
@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "byte by byte"])
async def test_an_answer_is_read_as_httpx_reads_it(what: str, *, slowly: bool) -> None:
    answer, until_end = _ANSWERS[what]
    if slowly and len(answer) > 10_000:
        answer = answer[:1000].replace(b"3000000", b"%d" % (1000 - answer.index(b"x")))
    read = []
    for client_of in (_httpx_as_it_comes, _client_over_aiohttp, _plain_client):
        talk = _Saying(answer, end=1 if until_end else 1000, slowly=slowly)
        async with _server(talk) as port, client_of(port) as client:
            response = await client.post("/a%2Fb?c=d", content=b"asked", headers={"X-Own": "1"})
            sent = {line for line in talk.connections[0][0].lower().split(b"\r\n") if not line.startswith(b"host:")}
            read.append((response.status_code, response.headers.raw, response.content, response.reason_phrase, sent))
    assert read[0] == read[1] == read[2]
    assert b"post /a%2fb?c=d http/1.1" in read[1][4]


async def test_one_connection_carries_many_exchanges_one_after_the_other() -> None:
    talk = _Saying(_OK, b"HTTP/1.1 204 No Content\r\n\r\n", _OK)
    async with _server(talk) as port, _client(AiohttpTransport(), port) as client:
        assert [(await client.get(f"/{number}")).status_code for number in range(3)] == [200, 204, 200]
    assert [len(requests) for requests in talk.connections] == [3]


async def test_exchanges_at_the_same_time_have_connections_of_their_own_and_each_its_own_answer() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            path = (await _request(reader)).split(b" ")[1]
            await asyncio.sleep(0.001 * (7 - len(path)))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(path), path))

    async with _server(echo) as port, _client(AiohttpTransport(), port) as client:
        paths = [f"/{number}" for number in range(300)]
        answers = await asyncio.gather(*(client.get(path) for path in paths))
    assert [answer.text for answer in answers] == paths


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        _OK + b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged",
    ],
    ids=["asked to close", "an old protocol", "more than was asked for"],
)
async def test_a_connection_that_cannot_be_trusted_further_is_not_used_again(answer: bytes) -> None:
    talk = _Saying(answer, _OK)
    async with _server(talk) as port, _client(AiohttpTransport(), port) as client:
        assert [(await client.get("/")).text for _ in range(2)] == ["ok", "ok"]
    assert len(talk.connections) == 2


@pytest.mark.parametrize("unasked", [b"", b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 6\r\n\r\nforged"])
async def test_what_comes_on_a_resting_connection_answers_nobody(unasked: bytes) -> None:
    """The server hangs up while the connection rests, with or without a farewell."""
    said = asyncio.Event()
    count = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        await _request(reader)
        writer.write(_OK)
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(unasked)
        writer.close()
        said.set()

    async with _server(talk) as port, _client(AiohttpTransport(), port) as client:
        assert (await client.get("/")).text == "ok"
        await said.wait()
        await asyncio.sleep(0.05)
        assert (await client.get("/")).text == "ok"
    assert count == 2


async def test_a_connection_that_rested_too_long_is_not_used_again() -> None:
    talk = _Saying(_OK, _OK)
    async with _server(talk) as port, _client(AiohttpTransport(idle_s=0), port) as client:
        await client.get("/")
        await client.get("/")
    assert len(talk.connections) == 2


@pytest.mark.parametrize(
    ("answer", "end", "raised"),
    [
        (b"", 1, httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", 1, httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", 1, httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n", 1000, httpx.RemoteProtocolError),
        (b"this is no HTTP at all\r\n\r\n", 1000, httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000, 1000, httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\n", 1000, httpx.ReadTimeout),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", 1000, httpx.ReadTimeout),
    ],
)
async def test_what_is_no_answer_is_an_error_and_the_next_call_is_not_harmed(
    answer: bytes, end: int, raised: type[httpx.TransportError]
) -> None:
    talk = _Saying(answer, _OK, end=end)
    async with _server(talk) as port, _client(AiohttpTransport(), port) as client:
        with pytest.raises(raised):
            await client.post("/", content=b"once", timeout=_SOON if raised is httpx.ReadTimeout else _PATIENT)
        assert (await client.get("/")).text == "ok"
    assert [len(requests) for requests in talk.connections] == [1, 1], "a request must not be sent a second time"


async def test_a_call_that_was_given_up_leaves_no_answer_for_the_next_one() -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = (await _request(reader)).startswith(b"GET /first")
        asked.set()
        if first:
            await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n" + (b"first!" if first else b"second"))
        await writer.drain()

    async with _server(talk) as port, _client(AiohttpTransport(most_exchanges=1), port) as client:
        first = asyncio.create_task(client.get("/first"))
        await asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        assert (await client.get("/second")).text == "second"


async def test_no_more_exchanges_at_once_than_allowed() -> None:
    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await _request(reader)
        await asyncio.sleep(30)

    timeout = httpx.Timeout(5, pool=0.05)
    async with _server(never) as port, _client(AiohttpTransport(most_exchanges=1), port) as client:
        first = asyncio.create_task(client.get("/", timeout=5))
        await asyncio.sleep(0.05)
        with pytest.raises(httpx.TimeoutException):
            await client.get("/", timeout=timeout)
        first.cancel()


async def test_nobody_listens() -> None:
    async with _server(_Saying()) as port:
        pass
    async with _client(AiohttpTransport(), port) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/")
        with pytest.raises(httpx.ConnectError):
            await client.get("http://name.invalid/")
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.get("ftp://127.0.0.1/")


async def test_certificates_are_checked_unless_they_are_known(tmp_path: Path) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = (
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + self_signed(key, "localhost").pem.encode()
    )
    (tmp_path / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    known = ssl.create_default_context(cafile=tmp_path / "server.pem")
    async with _server(_Saying(_OK, _OK), context) as port:
        async with httpx.AsyncClient(transport=AiohttpTransport(), timeout=_PATIENT) as client:
            with pytest.raises(httpx.ConnectError, match=r"(?i)certificate.verify.failed"):
                await client.get(f"https://127.0.0.1:{port}/")
        async with httpx.AsyncClient(transport=AiohttpTransport(ssl_context=known), timeout=_PATIENT) as client:
            with pytest.raises(httpx.ConnectError, match=r"(?i)mismatch|not valid for"):
                await client.get(f"https://127.0.0.1:{port}/")
        known.check_hostname = False
        async with httpx.AsyncClient(transport=AiohttpTransport(ssl_context=known), timeout=_PATIENT) as client:
            assert (await client.get(f"https://127.0.0.1:{port}/")).text == "ok"
