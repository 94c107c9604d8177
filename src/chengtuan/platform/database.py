"""PostgreSQL for one module: its own schema, role and pools, with read and write sessions.

SQL is written as SQL, in the `rows` of a module; what it finds comes back as frozen dataclasses.
A view session may show what was true a second ago: for pages, lists and counts, never for a decision. A read session
sees everything committed before it. Neither can write (the server refuses it). A write session is one transaction in
which domain rows, events and jobs are stored together.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.conninfo import make_conninfo
from psycopg.rows import kwargs_row, tuple_row

from chengtuan.kernel.clock import Clock
from chengtuan.platform.connections import Limits, Pool, with_line_limits
from chengtuan.platform.events import Event, OutboxWriter
from chengtuan.platform.jobs import JobCall, JobWriter
from chengtuan.platform.outages import is_outage, is_read_only
from chengtuan.platform.transactions import transaction_scope

T = TypeVar("T")
_LEAVE_AGAIN_S = 0.5
_REMEMBERED_S = 5.0
Params: TypeAlias = Mapping[str, object] | Sequence[object]


class ViewSession:
    """Statements outside a transaction whose answers may be a second old; all of a page come from one node.

    A function that takes a `ViewSession` decides nothing: what decides takes one of the other two.
    """

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def fetch_one(self, kind: Callable[..., T], sql: LiteralString, params: Params = ()) -> T | None:
        """The first row as `kind`, a dataclass or what else takes columns by their names; or None."""
        async with self._connection.cursor(row_factory=kwargs_row(kind)) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchone()

    async def fetch_all(
        self, kind: Callable[..., T], sql: LiteralString, params: Params = (), *, prepare: bool | None = None
    ) -> list[T]:
        """`prepare` False: planned each time for these values, where the best way depends on how common they are."""
        async with self._connection.cursor(row_factory=kwargs_row(kind)) as cursor:
            await cursor.execute(sql, params, prepare=prepare)
            return await cursor.fetchall()

    async def fetch_tuples(self, sql: LiteralString, params: Params = ()) -> list[tuple[Any, ...]]:
        async with self._connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchall()

    async def fetch_value(self, sql: LiteralString, params: Params = ()) -> Any:
        """The first column of the first row, or None."""
        async with self._connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(sql, params)
            row = await cursor.fetchone()
            return row[0] if row else None

    async def fetch_each(self, *queries: tuple[Callable[..., Any], LiteralString, Params]) -> list[list[Any]]:
        """Several queries in one round trip, in order: the rows of each."""
        async with self._connection.pipeline():
            cursors = []
            for kind, sql, params in queries:
                cursor = self._connection.cursor(row_factory=kwargs_row(kind))
                await cursor.execute(sql, params)
                cursors.append(cursor)
            return [await cursor.fetchall() for cursor in cursors]


class ReadSession(ViewSession):
    """The same on the primary: it sees what this caller, or anybody else, has just written."""


class WriteSession(ViewSession):
    """One transaction on the primary. Events and jobs are stored with it, or not at all."""

    def __init__(self, connection: AsyncConnection[Any], clock: Clock) -> None:
        super().__init__(connection)
        self.clock = clock
        self.events: list[Event] = []
        self.jobs: list[JobCall] = []
        self.callbacks: list[Callable[[], None]] = []
        self.touched: dict[str, None] = {}
        self._touching: list[AsyncCursor[tuple[Any, ...]]] = []

    async def execute(self, sql: LiteralString, params: Params = ()) -> int:
        """Run a statement; the number of rows it touched."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql, params)
            return cursor.rowcount

    async def execute_touching(self, sql: LiteralString, params: Params = ()) -> None:
        """Run a statement that returns the topics which it touched, or null; also inside `pipelined`."""
        cursor = self._connection.cursor(row_factory=tuple_row)
        await cursor.execute(sql, params)
        self._touching.append(cursor)

    async def execute_many(self, sql: LiteralString, params: Sequence[Params]) -> None:
        if params:
            async with self._connection.cursor() as cursor:
                await cursor.executemany(sql, params)

    @asynccontextmanager
    async def pipelined(self) -> AsyncIterator[None]:
        """Statements inside go to the server together; do not read their results before the end."""
        async with self._connection.pipeline():
            yield

    def emit(self, *events: Event) -> None:
        """Tell the other modules, once this transaction has committed."""
        self.events.extend(events)

    def schedule(self, *calls: JobCall) -> None:
        """Keep a job for later or for at once; one that waits already under this kind and ref is brought forward."""
        self.jobs.extend(calls)

    def touch(self, *topics: str) -> None:
        """What these are about changes in this transaction: pages of it are out of date once it has committed."""
        self.touched.update(dict.fromkeys(topics))

    async def find_touched(self) -> None:
        """What statements have told of what they touched, all of which have been answered."""
        for cursor in self._touching:
            self.touch(*(topic for (topic,) in await cursor.fetchall() if topic is not None))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run something quick and forgettable in this process after the commit (wake-ups, never effects)."""
        self.callbacks.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside, if it raises; buffered events and jobs included."""
        events, jobs, callbacks = len(self.events), len(self.jobs), len(self.callbacks)
        touching = len(self._touching)
        try:
            async with self._connection.transaction():
                yield
        except BaseException:
            del self.events[events:], self.jobs[jobs:], self.callbacks[callbacks:], self._touching[touching:]
            raise


def begin_with(*, lock_s: float | None, by_keys: bool) -> bytes:
    """What begins a transaction as `Database.write` describes it."""
    words = ["begin"]
    if lock_s:
        words.append(f"set local lock_timeout = {int(lock_s * 1000)}")
    if by_keys:
        words += ["set local enable_seqscan = off", "set local plan_cache_mode = force_generic_plan"]
    return "; ".join(words).encode()


def _tell_nobody(_: str) -> None:
    """Where no pages are open or kept."""


class Database:
    """A module's door to PostgreSQL."""

    def __init__(
        self,
        *,
        module: str,
        conninfo: str,
        clock: Clock,
        outbox: OutboxWriter,
        jobs: JobWriter,
        publish: Callable[[str], None] = _tell_nobody,
        max_connections: int = 6,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
    ) -> None:
        """`publish` tells everybody, also in other processes, of a topic that was touched."""
        self.module = module
        self.conninfo = conninfo
        self._clock = clock
        self._outbox = outbox
        self._jobs = jobs
        self._limits = limits
        self._publish = publish
        self._left_read_only = 0.0
        self._outage: psycopg.Error | None = None
        self._outage_at = 0.0
        self._write_pool = self._pool("-c synchronous_commit=on", max_connections)
        self._read_pool = self._pool("-c default_transaction_read_only=on", max_connections)

    def _pool(self, options: str, size: int) -> Pool:
        conninfo = self.conninfo_for(options)
        return Pool(conninfo, name=self.module, size=size, session_s=self._limits.session_s)

    def conninfo_for(self, options: str = "") -> str:
        """Connection info that puts a connection into this module's role and schema, with its limits."""
        own = f"-c role=chengtuan_{self.module} -c search_path={self.module} -c timezone=UTC"
        options = f"{own} {self._limits.options()} {options}"
        return make_conninfo(
            with_line_limits(self.conninfo), options=options, application_name=f"chengtuan-{self.module}"
        )

    async def open(self) -> None:
        await self._write_pool.open()
        await self._read_pool.open()

    async def close(self) -> None:
        await self._write_pool.close()
        await self._read_pool.close()

    @asynccontextmanager
    async def view(self) -> AsyncIterator[ViewSession]:
        """For what may be a second old. There are no replicas yet, so it is not."""
        async with self._read_pool.connection() as connection:
            yield ViewSession(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        async with self._read_pool.connection() as connection:
            yield ReadSession(connection)

    @asynccontextmanager
    async def write(self, *, lock_s: float | None = None, by_keys: bool = False) -> AsyncIterator[WriteSession]:
        """One transaction: commits at the end of the block, rolls back if it raises.

        `lock_s`: seconds to wait for each lock of another's, if not the usual ones. When they are over,
        `psycopg.errors.LockNotAvailable` is raised.
        `by_keys`: every statement finds its few rows by an index, whatever its values are, so one plan does for all.
        Plans are kept, also those of triggers: one that was made while a table was small would read all of it until
        the statistics are new.
        """
        begin = begin_with(lock_s=lock_s, by_keys=by_keys)
        with transaction_scope():
            async with self._write_pool.connection() as connection:
                session = WriteSession(connection, self._clock)
                try:
                    await connection.execute(begin, prepare=False)  # in one go; as text, two cannot be prepared
                    yield session  # if it raises, giving the connection back to the pool rolls back
                    async with connection.pipeline():  # events, jobs and the commit go to the server together
                        await self._outbox.write(connection, session.events, self._clock.now())
                        await self._jobs.write(connection, session.jobs)
                        await connection.execute("commit")
                    await session.find_touched()
                except psycopg.Error as error:
                    if is_outage(error):
                        self._outage, self._outage_at = error, time.monotonic()
                    if is_read_only(error):
                        await self._leave_read_only_server(connection)
                    raise
        self._announce(session)

    async def ask(self) -> None:
        """Raises psycopg.Error if a write could not begin now: nobody answers, or whoever does takes no writes."""
        async with self._write_pool.connection() as connection:
            answer = await connection.execute("show transaction_read_only")
            if await answer.fetchone() == ("on",):
                await self._leave_read_only_server(connection)
                raise errors.ReadOnlySqlTransaction("the server takes no writes")

    @property
    def outage(self) -> psycopg.Error | None:
        """What kept a write from its end in the last 5 s, if that was nobody's fault.

        A full disk shows nowhere else: the server answers that all is well, and some changes even go through.
        """
        return self._outage if time.monotonic() - self._outage_at < _REMEMBERED_S else None

    async def _leave_read_only_server(self, connection: AsyncConnection[Any]) -> None:
        """A connection to a server that takes no writes stays so, also when there is one again that does."""
        await connection.close()
        if time.monotonic() - self._left_read_only > _LEAVE_AGAIN_S:
            self._left_read_only = time.monotonic()
            await self._write_pool.drain()

    def wake(self) -> None:
        """There may be something to relay or to run."""
        self._outbox.wake()
        self._jobs.wake()

    def _announce(self, session: WriteSession) -> None:
        self._outbox.expect(session.events)
        if session.jobs:
            self._jobs.expect(min(call.due_at for call in session.jobs), self._clock.now())
        for topic in session.touched:
            self._publish(topic)
        for callback in session.callbacks:
            callback()
