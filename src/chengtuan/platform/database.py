"""PostgreSQL for one module: its own schema, role and pools, with read and write sessions.

SQL is written as SQL, in the `rows` of a module; what it finds comes back as frozen dataclasses.
A view session may show what was true a second ago: for pages, lists and counts, never for a decision. A read session
sees everything committed before it. Neither can write (the server refuses it). A write session is one transaction in
which domain rows, events and jobs are stored together.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo

from chengtuan.kernel.clock import Clock
from chengtuan.platform.connections import Limits, Pool, with_line_limits
from chengtuan.platform.events import Event, OutboxWriter
from chengtuan.platform.jobs import JobCall, JobWriter
from chengtuan.platform.outages import is_outage, is_read_only
from chengtuan.platform.transactions import transaction_scope
from chengtuan.platform.wire import Answer, Params, Statement, Wire

T = TypeVar("T")
_LEAVE_AGAIN_S = 0.5
_REMEMBERED_S = 5.0


class ViewSession:
    """Statements outside a transaction whose answers may be a second old; all of a page come from one node.

    A function that takes a `ViewSession` decides nothing: what decides takes one of the other two.
    """

    def __init__(self, connection: Wire) -> None:
        self._connection = connection

    async def fetch_one(self, kind: Callable[..., T], sql: LiteralString, params: Params = ()) -> T | None:
        """The first row as `kind`, a dataclass or what else takes columns by their names; or None."""
        rows = await self.fetch_all(kind, sql, params)
        return rows[0] if rows else None

    async def fetch_all(
        self, kind: Callable[..., T], sql: LiteralString, params: Params = (), *, prepare: bool = True
    ) -> list[T]:
        """`prepare` False: planned each time for these values, where the best way depends on how common they are."""
        return (await self._ask(Statement(sql, params, kind, prepare))).rows

    async def fetch_tuples(self, sql: LiteralString, params: Params = ()) -> list[tuple[Any, ...]]:
        return (await self._ask(Statement(sql, params))).rows

    async def fetch_value(self, sql: LiteralString, params: Params = ()) -> Any:
        """The first column of the first row, or None."""
        rows = await self.fetch_tuples(sql, params)
        return rows[0][0] if rows else None

    async def fetch_each(self, *queries: tuple[Callable[..., Any], LiteralString, Params]) -> list[list[Any]]:
        """Several queries in one round trip, in order: the rows of each."""
        answers = await self._exchange([Statement(sql, params, kind) for kind, sql, params in queries])
        return [answer.rows for answer in answers]

    async def _ask(self, statement: Statement) -> Answer:
        return (await self._exchange([statement]))[0]

    async def _exchange(self, statements: Sequence[Statement]) -> Sequence[Answer]:
        return await self._connection.exchange(statements)


class ReadSession(ViewSession):
    """The same on the primary: it sees what this caller, or anybody else, has just written."""


class _Touching(Statement):
    """One that returns the topics which it touched, or null."""


class WriteSession(ViewSession):
    """One transaction on the primary. Events and jobs are stored with it, or not at all."""

    def __init__(self, connection: Wire, clock: Clock, begin: Sequence[Statement] = ()) -> None:
        super().__init__(connection)
        self.clock = clock
        self.events: list[Event] = []
        self.jobs: list[JobCall] = []
        self.callbacks: list[Callable[[], None]] = []
        self.touched: dict[str, None] = {}
        self._begin = list(begin)
        self._waiting: list[Statement] = []
        self._pipelined = False

    async def execute(self, sql: LiteralString, params: Params = ()) -> int:
        """Run a statement; the number of rows it touched."""
        if self._pipelined:
            self._waiting.append(Statement(sql, params))
            return 0
        return (await self._ask(Statement(sql, params))).count

    async def execute_touching(self, sql: LiteralString, params: Params = ()) -> None:
        """Run a statement that returns the topics which it touched, or null; also inside `pipelined`."""
        self._waiting.append(_Touching(sql, params))
        if not self._pipelined:
            await self._exchange([])

    async def execute_many(self, sql: LiteralString, params: Sequence[Params]) -> None:
        statements = [Statement(sql, each) for each in params]
        if self._pipelined:
            self._waiting += statements
        elif statements:
            await self._exchange(statements)

    @asynccontextmanager
    async def pipelined(self) -> AsyncIterator[None]:
        """Statements inside go to the server together, at the end: how many rows they touch is not known before."""
        self._pipelined = True
        try:
            yield
        except BaseException:
            self._waiting.clear()
            raise
        finally:
            self._pipelined = False
        await self._exchange([])

    async def _exchange(self, statements: Sequence[Statement]) -> Sequence[Answer]:
        """What waits goes before them, in the same round trip; what begins the transaction goes first."""
        before = [*self._begin, *self._waiting]
        if not before and not statements:
            return []
        self._begin, self._waiting = [], []
        answers = await self._connection.exchange([*before, *statements])
        for statement, answer in zip(before, answers, strict=False):
            if isinstance(statement, _Touching):
                self.touch(*(topic for (topic,) in answer.rows if topic is not None))
        return answers[len(before) :]

    def emit(self, *events: Event) -> None:
        """Tell the other modules, once this transaction has committed."""
        self.events.extend(events)

    def schedule(self, *calls: JobCall) -> None:
        """Keep a job for later or for at once; one that waits already under this kind and ref is brought forward."""
        self.jobs.extend(calls)

    def touch(self, *topics: str) -> None:
        """What these are about changes in this transaction: pages of it are out of date once it has committed."""
        self.touched.update(dict.fromkeys(topics))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run something quick and forgettable in this process after the commit (wake-ups, never effects)."""
        self.callbacks.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside, if it raises; buffered events and jobs included."""
        events, jobs, callbacks = len(self.events), len(self.jobs), len(self.callbacks)
        await self._exchange([])
        try:
            async with self._connection.transaction():
                yield
        except BaseException:
            del self.events[events:], self.jobs[jobs:], self.callbacks[callbacks:]
            raise


def begin_with(*, lock_s: float | None, by_keys: bool) -> list[Statement]:
    """What begins a transaction as `Database.write` describes it."""
    statements = [Statement("begin")]
    if lock_s:
        statements.append(Statement(f"set local lock_timeout = {int(lock_s * 1000)}"))
    if by_keys:
        statements += [
            Statement("set local enable_seqscan = off"),
            Statement("set local plan_cache_mode = force_generic_plan"),
        ]
    return statements


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
                session = WriteSession(connection, self._clock, begin)  # it goes with the first statement
                try:
                    yield session  # if it raises, giving the connection back to the pool rolls back
                    async with session.pipelined():  # events, jobs and the commit go to the server together
                        await self._outbox.write(session, session.events, self._clock.now())
                        await self._jobs.write(session, session.jobs)
                        await session.execute("commit")
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

    async def _leave_read_only_server(self, connection: Wire) -> None:
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
