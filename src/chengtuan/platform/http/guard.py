"""The outermost layer: who asks, request ids, bodies within their limits, text that PostgreSQL could not store.

Plain ASGI, so that a refused request never reaches a framework.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog

from chengtuan.kernel.decimals import decimal
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.json_text import is_clean_json_text
from chengtuan.kernel.problems import InvalidRequest, Problem
from chengtuan.platform import deadline
from chengtuan.platform.http.bodies import MAX_INTERNAL_BYTES, Body, BodyRules, keep_body
from chengtuan.platform.http.problem_document import problem_document, problem_headers
from chengtuan.platform.http.proxies import LOOPBACK, TrustedProxies

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
IsOurs = Callable[[str, Mapping[str, str]], bool]
"""Whether a call, by its path and headers, comes from another process of ours."""

INTERNAL = ("/_facade/", "/_events/")
_FOR_PROGRAMS = ("/api/",)


_CLOSE = (b"connection", b"close")


class Guard:
    """Reads small bodies once and passes them on whole; lets routes read forms themselves."""

    def __init__(
        self,
        app: App,
        *,
        request_timeout_s: float = 8.0,
        bodies: BodyRules | None = None,
        proxies: TrustedProxies | None = None,
        is_ours: IsOurs | None = None,
    ) -> None:
        """`request_timeout_s`: how long a request may wait for others once it has arrived."""
        self._app = app
        self._request_timeout_s = request_timeout_s
        self._bodies = bodies or BodyRules.for_budget()
        self._proxies = proxies or TrustedProxies.parse(LOOPBACK)
        self._is_ours = is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        scope["client"] = (self._proxies.client_of(scope), 0)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._pass_on(scope, receive, send, request_id)
            return
        body = self._body(scope, receive)
        try:
            await self._pass_on(scope, receive, send, request_id, body)
        finally:
            body.close()

    def _body(self, scope: Scope, receive: Receive) -> Body:
        length = decimal(_header(scope, b"content-length").decode("latin-1"))
        body = Body(receive, self._bodies, scope["client"][0], length)
        internal = scope["path"].startswith(INTERNAL)
        if internal and self._is_ours is not None and self._is_ours(scope["path"], _headers(scope)):
            body.allow(MAX_INTERNAL_BYTES)
        return body

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, body: Body | None = None
    ) -> None:
        try:
            replay = await self._checked(scope, receive, body)
        except Problem as problem:
            await self._refuse(scope, send, problem, request_id)
            return

        async def tagged(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                tag = (b"x-request-id", request_id.encode())
                message["headers"] = [*message.get("headers", ()), tag]
                if body is not None and not body.complete:
                    message["headers"].append(_CLOSE)  # what is still to come is not waited for
            await send(message)

        with deadline.within(self._request_timeout_s):
            await self._app(scope, replay, tagged)

    async def _checked(self, scope: Scope, receive: Receive, body: Body | None) -> Receive:
        """What the application reads from. Raises InvalidRequest and what reading a body raises."""
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope.get("query_string", b""):
            if not _is_for_a_page(scope):
                raise _bad_text("the address")
            _replace_zeros(scope)
        if body is None:
            return receive
        if _header(scope, b"content-type").startswith(b"multipart/form-data"):
            keep_body(scope, body)
            return body.receive
        whole: bytes | None = await body.whole()
        if not scope["path"].startswith(INTERNAL) and not is_clean_json_text(whole or b""):
            raise _bad_text("the body")

        async def replay() -> MutableMapping[str, Any]:
            nonlocal whole
            if whole is None:
                return await receive()
            message = {"type": "http.request", "body": whole, "more_body": False}
            whole = None
            return message

        return replay

    async def _refuse(self, scope: Scope, send: Send, problem: Problem, request_id: str) -> None:
        body = problem_document(problem, scope["path"], request_id)
        headers = [*problem_headers(problem, body), (b"x-request-id", request_id.encode()), _CLOSE]
        await send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _is_for_a_page(scope: Scope) -> bool:
    """Whether somebody looks at the answer in a browser: they are shown a page, not a document for programs."""
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith((*INTERNAL, *_FOR_PROGRAMS)):
        return False
    return b"text/html" in _header(scope, b"accept")


def _replace_zeros(scope: Scope) -> None:
    """The address with the sign for what cannot be read, as of bytes that are no text: it is that of no page."""
    scope["path"] = scope["path"].replace("\x00", "\ufffd")
    for part in ("raw_path", "query_string"):
        scope[part] = scope.get(part, b"").replace(b"%00", b"%EF%BF%BD")


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _bad_text(where: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"path": "", "message": f"{where} is not valid UTF-8 text", "code": "bad_text"}])
