"""How our calls to partners and to our own processes go over the wire: HTTP/1.1 on kept connections.

A transport for httpx, which stays the client that everybody knows. Its own transport costs more CPU than
all the rest of a call to the payment provider, signing included; see decision 16. h11 reads and writes the
protocol. Answers are held in memory: partners' answers are small.
"""

import asyncio
import ssl
from collections import defaultdict
from typing import TypeAlias, cast

import h11
import httpx

_LONGEST_HEAD = 64 * 1024  # bytes of an answer's status line and headers
_NEXT_ADDRESS_S = 1.0
Origin: TypeAlias = tuple[str, str, int]
_PORTS = {"http": 80, "https": 443}


class KeepAliveTransport(httpx.AsyncBaseTransport):
    """At most `max_exchanges` at once; a connection that was idle for `idle_s` seconds is not used again."""

    def __init__(
        self, *, max_exchanges: int = 100, idle_s: float = 5.0, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._slots = asyncio.Semaphore(max_exchanges)
        self._idle_s = idle_s
        self._ssl = ssl_context
        self._idle: defaultdict[Origin, list[_Connection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError in its usual kinds; a request is sent once, never again by itself."""
        origin = _origin_of(request)
        limits = request.extensions.get("timeout", {})
        body = await request.aread()
        try:
            async with asyncio.timeout(limits.get("pool")):
                await self._slots.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("too many calls at once", request=request) from error
        try:
            connection = self._kept(origin) or await self._connect(origin, limits.get("connect"))
            try:
                answer = await connection.exchange(request, body, limits.get("read"))
            except BaseException:
                connection.close()  # whatever still comes on it belongs to nobody
                raise
            self._keep(origin, connection)
        finally:
            self._slots.release()
        return answer

    def _kept(self, origin: Origin) -> "_Connection | None":
        """The connection that rested for the shortest time, if it still can be used."""
        idle = self._idle[origin]
        now = asyncio.get_running_loop().time()
        while idle:
            connection = idle.pop()
            if connection.usable and now - connection.idle_since < self._idle_s:
                return connection
            connection.close()
        return None

    def _keep(self, origin: Origin, connection: "_Connection") -> None:
        if connection.rest(asyncio.get_running_loop().time()):
            self._idle[origin].append(connection)
        else:
            connection.close()

    async def _connect(self, origin: Origin, patience_s: float | None) -> "_Connection":
        try:
            async with asyncio.timeout(patience_s):
                return await self._connect_somewhere(origin)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection to {origin[1]}") from error
        except OSError as error:  # refused, unknown host, a certificate of somebody else
            raise httpx.ConnectError(f"no connection to {origin[1]}: {error}") from error

    async def _connect_somewhere(self, origin: Origin) -> "_Connection":
        """One address after the other: a dead one (IPv6 without a route) must not cost the whole call."""
        _, host, port = origin
        loop = asyncio.get_running_loop()
        *others, last = dict.fromkeys(found[4][0] for found in await loop.getaddrinfo(host, port))
        for address in others:
            try:
                async with asyncio.timeout(_NEXT_ADDRESS_S):
                    return await self._connect_to(str(address), origin)
            except (TimeoutError, OSError):
                continue
        return await self._connect_to(str(last), origin)

    async def _connect_to(self, address: str, origin: Origin) -> "_Connection":
        scheme, host, port = origin
        tls = scheme == "https"
        if tls and self._ssl is None:
            self._ssl = httpx.create_ssl_context(trust_env=False)
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, address, port, ssl=self._ssl if tls else None, server_hostname=host if tls else None
        )
        return connection

    async def aclose(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()


class _Connection(asyncio.Protocol):
    """One connection; one exchange at a time."""

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._transport: asyncio.Transport | None = None
        self._news: asyncio.Future[None] | None = None
        self._lost: Exception | None = None
        self.usable = False
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        self.usable = False  # while it rests nobody asked for anything: a farewell, or an answer to nobody
        self._h11.receive_data(data)
        self._wake()

    def eof_received(self) -> bool:
        self.usable = False
        self._h11.receive_data(b"")
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        self._lost = exc or ConnectionResetError("closed")
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def exchange(self, request: httpx.Request, body: bytes, patience_s: float | None) -> httpx.Response:
        """Send and receive; the other side may be silent for `patience_s` seconds. Raises httpx.TransportError."""
        assert self._transport is not None
        self.usable = False
        try:
            self._transport.write(self._sent(request, body))
            head, content = await self._answer(patience_s)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=httpx.ByteStream(content),
            extensions={"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason},
        )

    def _sent(self, request: httpx.Request, body: bytes) -> bytes:
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        events = (head, h11.Data(data=body), h11.EndOfMessage()) if body else (head, h11.EndOfMessage())
        return b"".join(self._h11.send(event) or b"" for event in events)

    async def _answer(self, patience_s: float | None) -> tuple[h11.Response, bytes]:
        head: h11.Response | None = None
        parts: list[bytes] = []
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA:
                await self._more(patience_s)
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return head, b"".join(parts)
            elif not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("the server hung up without an answer")

    async def _more(self, patience_s: float | None) -> None:
        """Wait until something has come."""
        if self._lost is not None:
            raise httpx.ReadError(f"the connection broke: {self._lost!r}")
        self._news = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(patience_s):
                await self._news
        except TimeoutError as error:
            raise httpx.ReadTimeout("the server is silent") from error

    def rest(self, now: float) -> bool:
        """After an exchange: whether the connection can carry another one."""
        done = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        if not done or self._lost is not None or self._h11.trailing_data[0]:
            return False
        self._h11.start_next_cycle()
        self.usable, self.idle_since = True, now
        return True

    def close(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.close()


def _origin_of(request: httpx.Request) -> Origin:
    scheme = request.url.scheme
    if scheme not in _PORTS:
        raise httpx.UnsupportedProtocol(f"no transport for {scheme!r}", request=request)
    return scheme, request.url.raw_host.decode(), request.url.port or _PORTS[scheme]
