"""The outermost layer: request ids, size limits, and text that PostgreSQL could not store.

Plain ASGI, so that a refused request never reaches a framework.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import InvalidRequest, Problem, TooLarge
from chengtuan.platform.http.hot import Headers, HotPages

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 256 * 1024
MAX_UPLOAD_BYTES = 10 * 1024 * 1024


# no guessing of content types, no framing by other sites, no order numbers in others' referrer logs
SAFETY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]


class Guard:
    """Reads a body once, up to its limit, and passes it on whole. Answers hot pages itself."""

    def __init__(self, app: App, *, hot: HotPages | None = None) -> None:
        self._app = app
        self._hot = hot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(new_id())
        if self._hot is not None and scope["method"] == "GET" and not scope["query_string"]:
            kept = self._hot.answer(scope)
            if kept is not None:
                await _send_kept(send, *kept, request_id)
                return
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            body = await self._checked_body(scope, receive)
        except Problem as problem:
            await self._refuse(scope, send, problem, request_id)
            return

        async def replay() -> MutableMapping[str, Any]:
            nonlocal body
            if body is None:
                return await receive()
            message = {"type": "http.request", "body": body, "more_body": False}
            body = None
            return message

        async def tagged(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                tags = (b"x-request-id", request_id.encode()), *SAFETY_HEADERS
                message["headers"] = [*message.get("headers", ()), *tags]
            await send(message)

        await self._app(scope, replay, tagged)

    async def _checked_body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None if there is none to be expected. Raises TooLarge, InvalidRequest."""
        if "%00" in scope.get("raw_path", b"").decode("latin-1") or b"%00" in scope.get("query_string", b""):
            raise _bad_text("the address")
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        kind = _header(scope, b"content-type")
        limit = MAX_UPLOAD_BYTES if kind.startswith(b"multipart/form-data") else MAX_BODY_BYTES
        length = _header(scope, b"content-length")
        if length.isdigit() and int(length) > limit:
            raise TooLarge(limit_bytes=limit)
        body = await _read(receive, limit)
        if limit == MAX_BODY_BYTES:
            _check_text(body)
        return body

    async def _refuse(self, scope: Scope, send: Send, problem: Problem, request_id: str) -> None:
        body = json.dumps(problem.to_body() | {"instance": scope["path"], "request_id": request_id}).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            *SAFETY_HEADERS,
        ]
        await send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _send_kept(send: Send, headers: Headers, body: bytes, request_id: str) -> None:
    headers += ((b"x-request-id", request_id.encode()), *SAFETY_HEADERS)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise TooLarge(limit_bytes=limit)
        if not message.get("more_body"):
            return b"".join(parts)


def _check_text(body: bytes) -> None:
    if b"\x00" in body or b"\\u0000" in body:
        raise _bad_text("the body")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise _bad_text("the body") from error


def _bad_text(where: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"path": "", "message": f"{where} is not valid UTF-8 text", "code": "bad_text"}])
