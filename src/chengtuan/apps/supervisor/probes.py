"""Asking a server whether it is ready."""

import asyncio
from collections.abc import Awaitable, Callable

_PATIENCE_S = 2.0


def http_ready(host: str, port: int, path: str = "/healthz") -> Callable[[], Awaitable[bool]]:
    """A question: does `GET path` answer with 200?"""

    async def ask() -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await _status(host, port, path) == b"200"
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return False

    return ask


async def _status(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        words = (await reader.readuntil(b"\r\n")).split()
        return words[1] if len(words) > 1 else b""
    finally:
        writer.close()
