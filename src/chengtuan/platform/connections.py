"""Connections to PostgreSQL that never keep anybody waiting: limits on both sides of the line.

The server's own limits (statements, locks, idle transactions) end work that takes too long. They are of no use
if the server does not run: a stopped machine, a broken line. So this side has a limit too. When it is over the
line is cut under the statement, which fails at once, and the pool throws the connection away.

A connection that the server closed while it lay in the pool is found before it is given out, without asking the
server anything: an idle connection has nothing to say, so whatever can be read from it is its end.
"""

import asyncio
import contextlib
import os
import select
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from chengtuan.platform import deadline
from chengtuan.platform.wire import Wire

_CONNECT_S = 5
_RECONNECT_S = 5.0
"""After a failed attempt the next wait doubles; with this end to it a new row of attempts begins soon."""
_LINE_LIMITS = {
    "connect_timeout": _CONNECT_S,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""libpq's limits of a line without an answer: seconds, the last one milliseconds. Local sockets ignore them."""


class DatabaseTooSlow(psycopg.OperationalError):
    """PostgreSQL did not answer in time; what was under way is undone, or its outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `session_s`: a whole session that belongs to no request; `lock_s`: one lock of another's."""

    session_s: float = 60.0
    lock_s: float = 3.0

    def options(self) -> str:
        """The server's side. It also looks whether we are still there, and ends what nobody waits for."""
        session, lock = int(self.session_s * 1000), int(self.lock_s * 1000)
        return (
            f"-c statement_timeout={session} -c lock_timeout={lock}"
            f" -c idle_in_transaction_session_timeout={session} -c client_connection_check_interval=2s"
        )


def with_line_limits(conninfo: str) -> str:
    """The same connection info, for a line that is known to be dead within a minute."""
    return make_conninfo(conninfo, **{name: str(value) for name, value in _LINE_LIMITS.items()})


class Pool:
    """Connections of one kind, each given out for at most the time that is left, or `session_s`."""

    def __init__(self, conninfo: str, *, name: str, size: int, session_s: float) -> None:
        self._session_s = session_s
        self._pool: AsyncConnectionPool[Wire] = AsyncConnectionPool(
            conninfo,
            connection_class=Wire,
            min_size=1,
            max_size=size,
            kwargs={"autocommit": True, "prepare_threshold": None},
            reconnect_timeout=_RECONNECT_S,
            reconnect_failed=_try_for_those_who_wait,
            open=False,
            name=name,
        )

    async def open(self) -> None:
        await self._pool.open(wait=True)

    async def close(self) -> None:
        await self._pool.close()

    async def drain(self) -> None:
        """Replace every connection by a new one; those in use when they come back."""
        await self._pool.drain()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Wire]:
        """Rolls back if the block raises. Raises DatabaseTooSlow, psycopg_pool.PoolTimeout (both are outages)."""
        loop = asyncio.get_running_loop()
        until = loop.time() + deadline.remaining(self._session_s)
        connection = await self._living(until)
        watch = loop.call_at(until, _cut, connection)
        try:
            yield connection
        except BaseException as error:
            with contextlib.suppress(psycopg.Error):  # a line that is lost has nothing to be rolled back
                await connection.rollback()
            if not isinstance(error, psycopg.OperationalError):
                raise
            if loop.time() >= until and connection.closed:
                raise DatabaseTooSlow("PostgreSQL did not answer in time") from error
            raise
        finally:
            watch.cancel()
            await self._pool.putconn(connection)

    async def _living(self, until: float) -> Wire:
        loop = asyncio.get_running_loop()
        while True:
            connection = await self._pool.getconn(timeout=max(0.0, until - loop.time()))
            if not _has_ended(connection):
                return connection
            await connection.close()
            await self._pool.putconn(connection)  # which makes a new one in its place


async def _try_for_those_who_wait(pool: AsyncConnectionPool[Wire]) -> None:
    """A pool that gave up begins anew only when somebody else asks: who waits already would wait to the end."""
    if pool.get_stats().get("requests_waiting"):
        await pool.check()


def _has_ended(connection: Wire) -> bool:
    poller = select.poll()
    try:
        poller.register(connection.pgconn.socket, select.POLLIN)
    except psycopg.OperationalError:  # it has no socket any more
        return True
    return bool(poller.poll(0))


def _cut(connection: Wire) -> None:
    """From outside the task that waits: psycopg's own cancelling asks the server, which may be what hangs."""
    with (
        contextlib.suppress(OSError, psycopg.OperationalError),
        socket.socket(fileno=os.dup(connection.pgconn.socket)) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)
