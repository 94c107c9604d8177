"""The product's server with routes before it that do next to nothing: what the server alone can do.

`python -m benchmarks.target PORT`, with the product's environment. It also counts the statements that are sent.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from unittest.mock import patch

from benchmarks.cost import STATEMENTS
from chengtuan.apps import server
from chengtuan.apps.serving import serve_at_port
from chengtuan.platform.wire import Answer, Statement, Wire

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
BARE = "/_bare"
BARE_POST = "/_bare_post"
BARE_STREAM = "/_bare_stream"
BARE_CHANGE = "/_bare_change"
_SMALL = b'{"id":"018f0000-0000-7000-8000-000000000000","name":"Pomelo","price_fen":10000}'
_LARGE = json.dumps({"id": "018f0000-0000-7000-8000-000000000000", "text": "x" * 950}).encode()
_MESSAGE = b"event: group\ndata: " + json.dumps({"text": "x" * 1500}).encode() + b"\n\n"
_JSON = b"application/json"


def app() -> Asgi:
    product, sent, streams = server.app(), _count_statements(), _Streams()

    async def with_bare(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == BARE:
            await _answer(send, _SMALL)
        elif path == BARE_POST:
            json.loads(await _body(receive))
            await _answer(send, _LARGE, status=201)
        elif path == BARE_STREAM:
            await streams.follow(send)
        elif path == BARE_CHANGE:
            json.loads(await _body(receive))
            streams.change()
            await _answer(send, _LARGE, status=201)
        elif path == STATEMENTS:
            await _answer(send, str(sent[0]).encode())
        else:
            await product(scope, receive, send)

    return with_bare


def _count_statements() -> list[int]:
    sent, exchange = [0], Wire.exchange

    async def counted(wire: Wire, statements: Sequence[Statement]) -> list[Answer]:
        sent[0] += len(statements)
        return await exchange(wire, statements)

    patch.object(Wire, "exchange", counted).start()  # for the whole process
    return sent


async def _answer(send: Any, body: bytes, *, status: int = 200) -> None:
    headers = [(b"content-type", _JSON), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


class _Streams:
    """One message to everybody who follows, at once and after each change."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    def change(self) -> None:
        for bell in self._bells:
            bell.set()

    async def follow(self, send: Any) -> None:
        """Until the client is gone."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
            )
            while True:
                await send({"type": "http.response.body", "body": _MESSAGE, "more_body": True})
                await bell.wait()
                bell.clear()
        finally:
            self._bells.discard(bell)


def main() -> None:
    """One worker, as `chengtuan serve` has."""
    serve_at_port("benchmarks.target:app", port=int(sys.argv[1]), patience_s=10)


if __name__ == "__main__":
    main()
