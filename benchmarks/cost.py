"""What a load costs: processor time of each part of the system, and what the database wrote."""

import os
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import psycopg

STATEMENTS = "/_statements"
_PROC = Path("/proc")
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_BACKGROUND = (
    *("checkpointer", "background writer", "walwriter", "walsummarizer", "archiver", "io worker"),
    *("autovacuum launcher", "autovacuum worker", "logical replication launcher"),
)
"""What PostgreSQL does for nobody in particular, as its processes call themselves."""


@dataclass(frozen=True)
class Cost:
    """Processor time (user and system), statements of the server, transactions that wrote, and bytes of WAL: so far, or
    of one unit.

    `postgres_ms` is what works for connections, `background_ms` the server's own upkeep, `load_ms` the load generator.
    """

    server_ms: float
    postgres_ms: float
    background_ms: float
    sandbox_ms: float
    load_ms: float
    statements: float
    transactions: float
    wal_bytes: float

    def of_each(self, before: "Cost", units: int) -> "Cost":
        """What each of the units since `before` cost."""
        return Cost(*((now - then) / max(units, 1) for now, then in zip(astuple(self), astuple(before), strict=True)))


@dataclass(frozen=True)
class Gauge:
    """`server`, `sandbox` and `postmaster` are processes with all that descends from them. Without /proc: no time.

    `port` is where the server tells how many statements it sent (`target.py`); without it, none.
    """

    server: int
    sandbox: int
    postmaster: int
    database_url: str
    port: int | None = None

    def read(self) -> Cost:
        """Everything so far; of the load generator, what has ended."""
        seen = {process.pid: process for process in _processes()}
        own = os.times()
        postgres = list(_tree(seen, self.postmaster))
        background = [process for process in postgres if process.title.startswith(_BACKGROUND)]
        # transactions and WAL as they are now; the statistics' views are late by up to a second
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(
                "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_current_wal_insert_lsn() - '0/0'"
            ).fetchone()
        assert row
        return Cost(
            server_ms=sum(process.ms for process in _tree(seen, self.server)),
            postgres_ms=sum(process.ms for process in postgres) - sum(process.ms for process in background),
            background_ms=sum(process.ms for process in background),
            sandbox_ms=sum(process.ms for process in _tree(seen, self.sandbox)),
            load_ms=(own.children_user + own.children_system) * 1000,
            statements=_statements(self.port) if self.port else 0,
            transactions=int(row[0]),
            wal_bytes=int(row[1]),
        )


def _statements(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{STATEMENTS}", timeout=10) as answer:
        return int(answer.read())


def processes_of(root: int) -> list[int]:
    """A process and its descendants, by their ids. Without /proc: none."""
    return [process.pid for process in _tree({process.pid: process for process in _processes()}, root)]


@dataclass(frozen=True)
class _Process:
    """`ms`: with those children that have ended. `title`: what a process of PostgreSQL does, empty of others."""

    pid: int
    parent: int
    ms: float
    title: str


def _processes() -> Iterator[_Process]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        words = stat.rpartition(")")[2].split()  # a name may have anything in it
        title = command.replace(b"\0", b" ").decode(errors="replace").partition("postgres: ")[2]
        yield _Process(int(folder.name), int(words[1]), sum(map(int, words[11:15])) * _TICK_MS, title)


def _tree(seen: Mapping[int, _Process], root: int) -> Iterator[_Process]:
    """A process and its descendants."""
    if root in seen:
        yield seen[root]
    for process in seen.values():
        if process.parent == root:
            yield from _tree(seen, process.pid)
