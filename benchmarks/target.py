"""The product's server with one route before it that does nothing: what the server alone can do.

`python -m benchmarks.target PORT`, with the product's environment.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from chengtuan.apps import server

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
BARE = "/_bare"
_BODY = b'{"id":"018f0000-0000-7000-8000-000000000000","name":"Pomelo","price_fen":10000}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]


def app() -> Asgi:
    product = server.app()

    async def with_bare(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == BARE:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": _BODY})
            return
        await product(scope, receive, send)

    return with_bare


def main() -> None:
    """One worker, set up as `chengtuan serve` does."""
    Granian(
        "benchmarks.target:app",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        workers=1,
        backlog=4096,
        workers_kill_timeout=10,
    ).serve()


if __name__ == "__main__":
    main()
