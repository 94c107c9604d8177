"""How our calls to partners and to our own processes go over the wire: httpx on top, aiohttp below.

httpx stays the client that everybody knows; its own transport costs more CPU than all the rest of a call to
the payment provider, signing included (decision 16). Answers are held in memory: partners' answers are small.
"""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import aiohttp
import httpx
from yarl import URL

_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_MOST_EXCHANGES = 100
_IDLE_S = 5.0


class AiohttpTransport(httpx.AsyncBaseTransport):
    """At most `most_exchanges` at once; a connection that was idle for `idle_s` seconds is not used again."""

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
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError in its usual kinds."""
        body = await request.aread()
        with _as_httpx_errors(request):
            # the URL as it is: signatures are over its bytes
            url = URL(str(request.url), encoded=True)
            async with self._opened().request(
                request.method,
                url,
                headers=request.headers.multi_items(),
                data=body or None,
                allow_redirects=False,
                timeout=_limits(request),
            ) as answer:
                content = await answer.read()
        return httpx.Response(
            answer.status,
            headers=list(answer.raw_headers),
            stream=httpx.ByteStream(content),
            request=request,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": (answer.reason or "").encode()},
        )

    def _opened(self) -> aiohttp.ClientSession:
        """Made at the first call, because it belongs to the running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._most_exchanges, keepalive_timeout=self._idle_s, ssl=self._ssl or True
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_OWN_HEADERS,
                auto_decompress=False,
            )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


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


def _limits(request: httpx.Request) -> aiohttp.ClientTimeout:
    limits = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(
        total=limits.get("total"),
        connect=limits.get("pool"),
        sock_connect=limits.get("connect"),
        sock_read=limits.get("read"),
    )


@contextlib.contextmanager
def _as_httpx_errors(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except aiohttp.SocketTimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except (aiohttp.ConnectionTimeoutError, TimeoutError) as error:
        raise httpx.ConnectTimeout(str(error), request=request) from error
    except aiohttp.ClientConnectorError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise httpx.UnsupportedProtocol(str(error), request=request) from error
    except aiohttp.ClientError as error:
        raise httpx.RemoteProtocolError(repr(error), request=request) from error
