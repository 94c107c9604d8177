"""Arrays for SQL, written as PostgreSQL reads them.

The driver looks up how to write each element, which costs more than the rest of a statement that stores many orders.

    await tx.execute("… where id = any(%s::uuid[])", (array(ids),))

The statement says which type the elements have.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID


def array(values: Iterable[Any]) -> str:
    """UUIDs, integers, booleans, texts, bytes, instants, or None. Raises TypeError for anything else."""
    return "{" + ",".join([_WRITERS.get(type(value), _other)(value) for value in values]) + "}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _other(value: Any) -> str:
    if isinstance(value, str):  # an enumeration's
        return _text(str(value))
    raise TypeError(f"no element of an array: {type(value).__name__}")


_WRITERS: dict[type[Any], Callable[[Any], str]] = {
    type(None): lambda _: "NULL",
    UUID: attrgetter("hex"),
    int: str,
    bool: lambda value: "t" if value else "f",
    str: _text,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
    datetime: lambda value: f'"{value.isoformat()}"',
}
