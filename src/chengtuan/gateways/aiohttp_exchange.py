"""One exchange over aiohttp, told in httpx's words. Only `http_transport.py` knows it."""

import contextlib
import ssl
from collections.abc import Iterator

import aiohttp
import httpx
from yarl import URL

_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class Exchanges:
    """Belongs to the event loop that is running when it is made."""

    def __init__(self, *, most: int, idle_s: float, ssl_context: ssl.SSLContext | None) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=most, keepalive_timeout=idle_s, ssl=ssl_context or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OWN_HEADERS,
            auto_decompress=False,
        )

    async def exchange(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError in its usual kinds."""
        body = await request.aread()
        with _as_httpx_errors(request):
            # the URL as it is: signatures are over its bytes
            url = URL(str(request.url), encoded=True)
            async with self._session.request(
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

    async def close(self) -> None:
        await self._session.close()


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
