"""Server-sent events."""

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

HEARTBEAT_S = 15.0


def sse_message(event: str, data: str) -> str:
    return f"event: {event}\ndata: {data}\n\n"


async def sse_response(messages: AsyncIterator[str]) -> StreamingResponse:
    """A stream that proxies neither buffer nor cut while it is silent. Raises what the first message raises."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    stream = _with_heartbeat(await anext(messages), messages)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _with_heartbeat(first: str, messages: AsyncIterator[str]) -> AsyncIterator[str]:
    """Repeat a comment while nothing happens: it keeps the connection and finds the dead ones."""
    yield first
    waiting = asyncio.ensure_future(anext(messages))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=HEARTBEAT_S)
            if not done:
                yield ": still here\n\n"
                continue
            try:
                message = waiting.result()
            except StopAsyncIteration:
                return
            waiting = asyncio.ensure_future(anext(messages))
            yield message
    finally:
        waiting.cancel()
