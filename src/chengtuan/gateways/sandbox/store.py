"""The sandbox's memory: one SQLite file in WAL mode, so that killing the process loses nothing answered."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Value = str | int | float | None


class Store:
    """Used from one event loop only: each call is short and finishes before the loop goes on."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = _as_dict
        # NORMAL survives the death of the process, which is what we promise; not a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=2000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(files(__package__).joinpath("ledger.sql").read_text())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Do not await inside: the connection is shared by all requests."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def run(self, sql: str, *values: Value) -> int:
        """Change rows; how many were changed."""
        return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, *values: Value) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Value) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        self._connection.close()


def _as_dict(cursor: sqlite3.Cursor, row: Sequence[Any]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
