"""A connection on which any number of statements go to PostgreSQL at once, and their answers come back together.

psycopg's cursors send each statement by itself and look at the socket each time; of a batch of orders that is the
largest cost. Here statements are prepared when they are first sent, all of an exchange goes out in one write, and the
event loop is asked to wait once. How values are written and read is psycopg's.
"""

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from operator import itemgetter
from sys import intern
from typing import Any, LiteralString, Protocol, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection, OperationalError
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import Loader, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from chengtuan.kernel.ids import uuid_of

Params: TypeAlias = Mapping[str, object] | Sequence[object]
KNOWN_AT_MOST = 300
"""Statements that stay prepared on a connection: each costs the server some memory. Then all begin anew."""
_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)")
_REFUSED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)


@dataclass(slots=True)
class Statement:
    """`kind` takes the columns of a row by their names; without one, rows are tuples.

    `prepare` False: planned each time for these values.
    """

    sql: str
    params: Params = ()
    kind: Callable[..., Any] | None = None
    prepare: bool = True


class Executes(Protocol):
    """What takes a statement, for now or for later."""

    async def execute(self, sql: LiteralString, params: Params = ()) -> int: ...


@dataclass(slots=True)
class Answer:
    """`count`: rows that were found or changed."""

    rows: list[Any]
    count: int


@dataclass(slots=True)
class _Dumped:
    """A statement as it is sent."""

    statement: Statement
    query: bytes
    values: Sequence[Any]
    types: tuple[int, ...]
    formats: Sequence[Any]


class _UuidLoader(Loader):
    """As psycopg's own, in less than half the time: a batch of orders reads hundreds."""

    def load(self, data: Buffer) -> UUID:
        return uuid_of(int(bytes(data).replace(b"-", b""), 16))


class Wire(AsyncConnection[Any]):
    """psycopg must prepare nothing on it (`prepare_threshold=None`): it would throw away what is prepared here."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.adapters.register_loader("uuid", _UuidLoader)
        self._transformer = Transformer(self)
        self._known: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._count = 0

    async def exchange(self, statements: Sequence[Statement]) -> list[Answer]:
        """An answer for each. Raises what the first one that fails raises; those after it are not executed.

        Outside a transaction they are one.
        """
        dumped = [self._dump(statement) for statement in statements]
        async with self.lock:
            if len(self._known) > KNOWN_AT_MOST:
                await self.wait(self._talk([self._dump(Statement("deallocate all", prepare=False))]))
                self._known.clear()
            return await self.wait(self._talk(dumped))

    def _dump(self, statement: Statement) -> _Dumped:
        query, names = _numbered(statement.sql)
        params = statement.params
        given = [params[name] for name in names] if isinstance(params, Mapping) else params
        if not given:
            return _Dumped(statement, query, (), (), ())
        values = self._transformer.dump_sequence(given, [PyFormat.AUTO] * len(given))
        return _Dumped(statement, query, values, self._transformer.types or (), self._transformer.formats or ())

    def _talk(self, dumped: Sequence[_Dumped]) -> PQGen[list[Answer]]:
        self.pgconn.enter_pipeline_mode()
        try:
            fresh = [self._send(each) for each in dumped]
            self.pgconn.pipeline_sync()
            yield from send(self.pgconn)
            results: list[PGresult] = []
            failed: PGresult | None = None
            for each, prepared in zip(dumped, fresh, strict=True):
                if prepared is not None:
                    (result,) = yield from fetch_many(self.pgconn)
                    failed = failed or _failure(result)
                    if failed is None:
                        self._known[each.query, each.types] = prepared
                (result,) = yield from fetch_many(self.pgconn)
                failed = failed or _failure(result)
                results.append(result)
            yield from fetch_many(self.pgconn)
        except BaseException:
            with contextlib.suppress(OperationalError):  # what is left of it is thrown away with the connection
                self.pgconn.exit_pipeline_mode()
            raise
        self.pgconn.exit_pipeline_mode()
        if failed is not None:
            raise error_from_result(failed, encoding=self.info.encoding)
        return [self._answer(each, result) for each, result in zip(dumped, results, strict=True)]

    def _send(self, dumped: _Dumped) -> bytes | None:
        """The name under which it is prepared with this."""
        fresh = None
        if not dumped.statement.prepare:
            self.pgconn.send_query_params(dumped.query, dumped.values, dumped.types, dumped.formats)
            return None
        known = self._known.get((dumped.query, dumped.types))
        if known is None:
            self._count += 1
            known = fresh = b"w%d" % self._count
            self.pgconn.send_prepare(known, dumped.query, dumped.types)
        self.pgconn.send_query_prepared(known, dumped.values, dumped.formats)
        return fresh

    def _answer(self, dumped: _Dumped, result: PGresult) -> Answer:
        count = result.command_tuples or 0
        if not result.ntuples:
            return Answer([], count)
        self._transformer.set_pgresult(result)
        return Answer(self._transformer.load_rows(0, result.ntuples, self._maker(dumped, result)), count)

    def _maker(self, dumped: _Dumped, result: PGresult) -> Callable[[Sequence[Any]], Any]:
        kind = dumped.statement.kind
        if kind is None:
            return tuple
        return _making(kind, tuple((result.fname(n) or b"").decode() for n in range(result.nfields)))


def _failure(result: PGresult) -> PGresult | None:
    return result if result.status in _REFUSED else None


@lru_cache(4096)
def _making(kind: Callable[..., Any], names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Of columns with these names. By place where that can be: by name a row of twenty columns costs thrice as much."""
    parameters = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    places = [field.name for field in parameters if not field.kw_only][: len(names)]
    if len(names) > 1 and set(places) == set(names):
        in_place = itemgetter(*map(names.index, places))
        return lambda values: kind(*in_place(values))
    known = [intern(name) for name in names]  # others are compared with each parameter letter by letter
    return lambda values: kind(**dict(zip(known, values, strict=False)))


@lru_cache(4096)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """With `$1` for `%s` or `%(name)s`, and the names in the order of their numbers."""
    numbers: dict[str, int] = {}

    def numbered(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        name = place[1] or f" {len(numbers)}"  # who has no name is somebody else each time
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    query = _PLACE.sub(numbered, sql).encode()
    return query, tuple(name for name in numbers if not name.startswith(" "))
