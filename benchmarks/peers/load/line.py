"""A connection to any HTTP/1.1 server: what is sent in chunks is read, and what is closed is opened again."""

import asyncio
from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """`head` is the whole head but its first line, as it came."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> list[str]:
        """All values of a header; the name in small letters."""
        pairs = (line.partition(":") for line in self.head.split("\r\n"))
        return [value.strip() for key, _, value in pairs if key.strip().lower() == name]


class Line:
    """One request at a time. Some servers hang up after each answer; the next request then opens it anew."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        """Raises ConnectionError if the server hangs up before its answer, twice if the connection was an old one."""
        old = self._writer is not None
        try:
            return await self._ask(request)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.close()
            if not old:
                raise ConnectionError("the server hung up") from error
        return await self._ask(request)

    async def _ask(self, request: bytes) -> Answer:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        self._writer.write(request)
        first, _, head = (await self._reader.readuntil(_HEAD_END))[:-4].decode("latin-1").partition("\r\n")
        answer = Answer(int(first.split(" ", 2)[1]), head, b"")
        body = await self._body(self._reader, answer)
        if "close" in [value.lower() for value in answer.header("connection")]:
            self.close()
        return Answer(answer.status, head, body)

    async def _body(self, reader: asyncio.StreamReader, answer: Answer) -> bytes:
        if "chunked" in [value.lower() for value in answer.header("transfer-encoding")]:
            parts = []
            while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
                parts.append((await reader.readexactly(size + 2))[:-2])
            await reader.readuntil(b"\r\n")
            return b"".join(parts)
        if length := answer.header("content-length"):
            return await reader.readexactly(int(length[0]))
        return await reader.read() if "close" in answer.header("connection") else b""

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
