"""What the database says of itself: identity, state, and a check value of each key it was written with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from psycopg.rows import class_row

Connection: TypeAlias = psycopg.Connection[Any]

WHOLE, FILLING, RESTORING = "whole", "filling", "restoring"
"""A shop's state: in use, being filled with demo data, being restored from a backup."""


@dataclass(frozen=True)
class Record:
    """`restored_from` is the shop whose backup this one began as."""

    identity: UUID
    restored_from: UUID | None
    state: str
    key_checks: Mapping[str, bytes]


@dataclass(frozen=True)
class _Row:
    identity: UUID
    restored_from: UUID | None
    state: str


def read_record(connection: Connection) -> Record | None:
    """None where no shop was founded yet, or by a release that knew no identities."""
    known = connection.execute("select to_regclass('platform.installation') is not null").fetchone()
    if known is None or not known[0]:
        return None
    with connection.cursor(row_factory=class_row(_Row)) as cursor:
        row = cursor.execute("select identity, restored_from, state from platform.installation").fetchone()
    if row is None:
        return None
    checks = connection.execute("select name, value from platform.key_check").fetchall()
    values = {name: bytes(value) for name, value in checks}
    return Record(row.identity, row.restored_from, row.state, values)


def found(connection: Connection, identity: UUID, *, restored_from: UUID | None = None, state: str = WHOLE) -> None:
    """Gives the database its identity. It may have none yet."""
    connection.execute(
        "insert into platform.installation (identity, restored_from, state) values (%s, %s, %s)",
        (identity, restored_from, state),
    )


def set_state(connection: Connection, state: str) -> None:
    connection.execute("update platform.installation set state = %s", (state,))


def keep_key_checks(connection: Connection, checks: Mapping[str, bytes]) -> None:
    """Remembers the keys; those known by the same name get the new value."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into platform.key_check (name, value) values (%s, %s)"
            " on conflict (name) do update set value = excluded.value",
            list(checks.items()),
        )
