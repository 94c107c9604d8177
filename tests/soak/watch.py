"""What the parts of the system hold at a moment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from benchmarks.cost import processes_of

_SESSIONS = "select count(*) from pg_stat_activity where datname = current_database()"
_TABLES = """
    select schemaname || '.' || relname, pg_total_relation_size(relid) from pg_stat_user_tables
    where pg_total_relation_size(relid) >= 262144"""
_MB = 2**20


@dataclass(frozen=True)
class Parts:
    """Processes by their ids; each with all that descends from it."""

    server: int
    sandbox: int
    postgres: int


@dataclass(frozen=True)
class Sample:
    """`tables`: megabytes of each that has some; memory is what a process does not share, or its part of that."""

    at_s: float
    visits: int
    errors: int
    p50_ms: float
    p99_ms: float
    server_mb: float
    sandbox_mb: float
    postgres_mb: float
    files: int
    sessions: int
    database_mb: float
    tables: Mapping[str, float]

    def as_json(self) -> dict[str, object]:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


def take(parts: Parts, database_url: str, *, at_s: float, visits: int, errors: int, took: list[float]) -> Sample:
    """`took`: seconds of the answers since the sample before."""
    times = sorted(took) or [0.0]
    with psycopg.connect(database_url, autocommit=True) as connection:
        tables: dict[str, int] = dict(connection.execute(_TABLES).fetchall())
        [(sessions,)] = connection.execute(_SESSIONS).fetchall()
        [(size,)] = connection.execute("select pg_database_size(current_database())").fetchall()
    return Sample(
        at_s=at_s,
        visits=visits,
        errors=errors,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        server_mb=_memory_mb(parts.server),
        sandbox_mb=_memory_mb(parts.sandbox),
        postgres_mb=_memory_mb(parts.postgres),
        files=sum(_files(pid) for pid in processes_of(parts.server)),
        sessions=sessions - 1,
        database_mb=size / _MB,
        tables={name: round(bytes_ / _MB, 2) for name, bytes_ in sorted(tables.items())},
    )


def _memory_mb(root: int) -> float:
    return sum(_share_kb(pid) for pid in processes_of(root)) / 1024


def _share_kb(pid: int) -> int:
    """Pss: what is shared with others counts by its part, so that PostgreSQL's buffers count once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _files(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0
