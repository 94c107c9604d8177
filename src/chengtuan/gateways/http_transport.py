"""How our calls to partners and to our own processes go over the wire: httpx on top, aiohttp below.

httpx stays the client that everybody knows; its own transport costs more CPU than all the rest of a call to
the payment provider, signing included (decision 16). Answers are held in memory: partners' answers are small.
"""

import asyncio
import ssl
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from chengtuan.gateways.aiohttp_exchange import Exchanges

_MOST_EXCHANGES = 100
_IDLE_S = 5.0
_BELOW = "chengtuan.gateways.aiohttp_exchange"


class AiohttpTransport(httpx.AsyncBaseTransport):
    """At most `most_exchanges` at once; a connection that was idle for `idle_s` seconds is not used again.

    aiohttp is loaded at the first call, beside the event loop: it takes a tenth of a second and ten megabytes of each
    process, and some never call anybody.
    """

    def __init__(
        self,
        *,
        most_exchanges: int = _MOST_EXCHANGES,
        idle_s: float = _IDLE_S,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._most_exchanges = most_exchanges
        self._idle_s = idle_s
        self._ssl = ssl_context
        self._exchanges: Exchanges | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError in its usual kinds."""
        exchanges = self._exchanges or await self._begin()
        return await exchanges.exchange(request)

    async def _begin(self) -> "Exchanges":
        below = await asyncio.to_thread(import_module, _BELOW)
        if self._exchanges is None:  # others may have been here meanwhile
            self._exchanges = below.Exchanges(most=self._most_exchanges, idle_s=self._idle_s, ssl_context=self._ssl)
        return self._exchanges

    async def aclose(self) -> None:
        if self._exchanges is not None:
            await self._exchanges.close()


class PlainClient(httpx.AsyncClient):
    """httpx without what none of our calls wants, and what is most of its work: redirects, cookies, authentication.

    Answers are read whole.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, **options: Any) -> None:
        """`options` as httpx has them."""
        self._wire = transport or AiohttpTransport()
        super().__init__(transport=self._wire, trust_env=False, **options)

    async def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        for hook in self.event_hooks["request"]:
            await hook(request)
        response = await self._wire.handle_async_request(request)
        response.request = request
        await response.aread()
        for hook in self.event_hooks["response"]:
            await hook(response)
        return response
