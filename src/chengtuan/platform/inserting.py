"""Rows into a table: dataclasses whose fields are named like its columns, all of them in one statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from json import dumps
from operator import attrgetter
from types import UnionType
from typing import Any, LiteralString, get_args, get_origin, get_type_hints
from uuid import UUID

from chengtuan.platform.arrays import array
from chengtuan.platform.database import WriteSession

_TYPES: dict[Any, LiteralString] = {
    int: "bigint",  # narrower columns refuse what they do not hold
    UUID: "uuid",
    str: "text",
    bool: "boolean",
    datetime: "timestamptz",
    bytes: "bytea",
    Mapping: "jsonb",
    dict: "jsonb",
}


async def insert(tx: WriteSession, table: LiteralString, rows: Sequence[Any]) -> None:
    """Store dataclasses of one type as rows of `table`; columns that are no field of it keep their default.

    What goes over the wire follows from the types of the fields: a mapping is a document, a sequence an array. Raises
    TypeError for a type that no column is like. The statement carries no condition: constraints decide.
    """
    if not rows:
        return
    kind: Any = type(rows[0])
    statement, columns = _statement(table, kind)
    await tx.execute(statement, [column(rows) for column in columns])


@cache
def _statement(table: LiteralString, kind: Any) -> tuple[LiteralString, list[Callable[[Sequence[Any]], str]]]:
    """Values travel as one array a column; arrays and documents as their text, because arrays have no rows."""
    hints = get_type_hints(kind)
    types = {field.name: _column_type(hints[field.name]) for field in fields(kind)}
    carried = ", ".join(f"%s::{'text' if _as_text(type_) else type_}[]" for type_ in types.values())
    chosen = ", ".join(f"{name}::{type_}" if _as_text(type_) else name for name, type_ in types.items())
    listed = ", ".join(types)
    statement = f"insert into {table} ({listed}) select {chosen} from unnest({carried}) as row({listed})"
    return statement, [_column(name, type_) for name, type_ in types.items()]


def _column_type(hint: Any) -> LiteralString:
    if get_origin(hint) is UnionType:
        hint = next(each for each in get_args(hint) if each is not type(None))
    origin = get_origin(hint) or hint
    if origin in {Sequence, list, tuple}:
        return _column_type(get_args(hint)[0]) + "[]"
    if origin not in _TYPES:
        raise TypeError(f"no column holds {hint}")
    return _TYPES[origin]


def _as_text(type_: LiteralString) -> bool:
    return type_ == "jsonb" or type_.endswith("[]")


def _column(name: str, type_: LiteralString) -> Callable[[Sequence[Any]], str]:
    values = attrgetter(name)
    if type_.endswith("[]"):
        return lambda rows: array([None if (items := values(row)) is None else array(items) for row in rows])
    if type_ == "jsonb":
        return lambda rows: array(_documents([values(row) for row in rows]))
    return lambda rows: array([values(row) for row in rows])


def _documents(values: Sequence[Any]) -> list[str | None]:
    """As text; a document that many rows share is written once."""
    known: dict[int, str | None] = {id(None): None}
    for value in values:
        if id(value) not in known:
            known[id(value)] = dumps(value, ensure_ascii=False)
    return [known[id(value)] for value in values]
