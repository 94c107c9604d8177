"""One kept-alive HTTP/1.1 connection; just as much of the protocol as our servers speak."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias, cast

OnAnswer: TypeAlias = Callable[[int, bytes], None]
"""Called with status and body."""


class Connection(asyncio.Protocol):
    """`ask` sends a request; the answer comes to its callback. One request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._on_answer: OnAnswer | None = None
        self.broken = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.broken.done():
            self.broken.set_result(exc)

    def ask(self, request: bytes, on_answer: OnAnswer) -> None:
        assert self._transport is not None
        self._on_answer = on_answer
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        head_end = received.find(b"\r\n\r\n")
        if head_end < 0:
            self._received = received
            return
        end = head_end + 4 + _body_length(received, head_end)
        if len(received) < end:
            self._received = received
            return
        self._received = b""
        assert self._on_answer is not None
        self._on_answer(int(received[9:12]), received[head_end + 4 : end])

    async def answer(self, request: bytes) -> tuple[int, bytes]:
        """Ask and wait. Raises ConnectionError if the server hangs up."""
        waiter: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.ask(request, lambda status, body: waiter.set_result((status, body)))
        await asyncio.wait((waiter, self.broken), return_when=asyncio.FIRST_COMPLETED)
        if not waiter.done():
            raise ConnectionError("the server hung up")
        return waiter.result()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _body_length(received: bytes, head_end: int) -> int:
    """Every answer of ours says its length, except those without a body."""
    start = received.find(b"content-length: ", 0, head_end)
    if start < 0:
        return 0
    return int(received[start + 16 : received.find(b"\r\n", start)])


async def connect(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection
