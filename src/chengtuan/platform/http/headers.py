"""Headers that keep a visitor safe: what a page may load, who may show it, what may be kept.

One list for our own server and for a web server before it (`apps/nginx.py`).
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Nothing but our own files. Both clients set styles by script, and the framework of the shop writes some as
# attributes: an attribute can change a look, but load and run nothing.
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The content security policy of the shop, the console and the API's pages."""
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The policy of answers that are no pages: should one be shown as a page, it can do nothing."""

SAFETY: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""No guessing of content types, no framing by other sites, no order numbers in others' referrer logs."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
ASK_AGAIN = "no-cache"
"""May be kept, and is asked for again each time: the pages that name the files above."""
FOR_AN_HOUR = "public, max-age=3600"
NEVER_KEPT = "no-store"

_SAFETY = [(name.lower().encode(), value.encode()) for name, value in SAFETY.items()]


class SafeHeaders:
    """Completes every answer: what says nothing of its own gets what is right for its kind."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def complete(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(scope, message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, complete)


def completed(scope: Scope, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An answer's own headers, and those that it lacks."""
    headers = [(bytes(name).lower(), bytes(value)) for name, value in given]
    named = {name for name, _ in headers}
    headers += [(name, value) for name, value in _SAFETY if name not in named]
    if b"content-security-policy" not in named:
        headers.append((b"content-security-policy", NOTHING.encode()))
    if b"cache-control" not in named:
        headers.append((b"cache-control", _keeping(scope).encode()))
    return headers


def _keeping(scope: Scope) -> str:
    """What was asked for by a person, or changed something, is nobody else's; the rest changes all the time."""
    personal = scope["method"] not in ("GET", "HEAD") or any(name == b"authorization" for name, _ in scope["headers"])
    return NEVER_KEPT if personal else ASK_AGAIN
