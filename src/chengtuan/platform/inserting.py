"""Rows into a table: dataclasses whose fields are named like its columns, all of them in one statement."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from json import dumps
from operator import attrgetter
from typing import Any, LiteralString

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, LargeBinary, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.platform.arrays import array
from chengtuan.platform.database import WriteSession

_TYPES: tuple[tuple[type[Any], str], ...] = (
    # the narrower integers first: they are subclasses of the general one
    (BigInteger, "bigint"),
    (SmallInteger, "smallint"),
    (Integer, "integer"),
    (Uuid, "uuid"),
    (Text, "text"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
    (LargeBinary, "bytea"),
)


async def insert(tx: WriteSession, table: Table, rows: Sequence[Any]) -> None:
    """Store dataclasses of one type as rows of `table`; columns that are no field of it keep their default.

    Raises TypeError for a field that is no column. The statement carries no condition: constraints decide.
    """
    if not rows:
        return
    kind: Any = type(rows[0])
    statement, columns = _statement(table, kind)
    await tx.execute(statement, [column(rows) for column in columns])


@cache
def _statement(table: Table, kind: Any) -> tuple[LiteralString, list[Callable[[Sequence[Any]], str]]]:
    """Values travel as one array a column; arrays and documents as their text, because arrays have no rows."""
    names = [field.name for field in fields(kind)]
    if unknown := [name for name in names if name not in table.columns]:
        raise TypeError(f"{table.name} has no {', '.join(unknown)}")
    types = {name: table.columns[name].type for name in names}
    carried = ", ".join(f"%s::{'text' if _as_text(type_) else _name(type_)}[]" for type_ in types.values())
    chosen = ", ".join(f"{n}::{_name(type_)}" if _as_text(type_) else n for n, type_ in types.items())
    listed = ", ".join(names)
    statement = f"insert into {table.name} ({listed}) select {chosen} from unnest({carried}) as row({listed})"
    return statement, [_column(name, type_) for name, type_ in types.items()]


def _as_text(type_: Any) -> bool:
    return isinstance(type_, ARRAY | JSONB)


def _name(type_: object) -> str:
    if isinstance(type_, ARRAY):
        return _name(type_.item_type) + "[]"
    if isinstance(type_, JSONB):
        return "jsonb"
    return next(name for kind, name in _TYPES if isinstance(type_, kind))


def _column(name: str, type_: Any) -> Callable[[Sequence[Any]], str]:
    values = attrgetter(name)
    if isinstance(type_, ARRAY):
        return lambda rows: array([None if (items := values(row)) is None else array(items) for row in rows])
    if isinstance(type_, JSONB):
        return lambda rows: array(_documents([values(row) for row in rows]))
    return lambda rows: array([values(row) for row in rows])


def _documents(values: Sequence[Any]) -> list[str | None]:
    """As text; a document that many rows share is written once."""
    known: dict[int, str | None] = {id(None): None}
    for value in values:
        if id(value) not in known:
            known[id(value)] = dumps(value, ensure_ascii=False)
    return [known[id(value)] for value in values]
