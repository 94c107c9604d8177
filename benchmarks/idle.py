"""What a system costs that nobody uses: processor time, new database sessions, memory, and what loading it took."""

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.cost import Gauge, processes_of

_SESSIONS = "select coalesce(sum(sessions), 0)::bigint from pg_stat_database"
_OURS = 3
"""Looking takes sessions, too: the second look at the sessions, and the gauge twice."""
_SETTLED_S = 1.0
_LOADS = 3
"""The first one may have to compile."""
_PAGE_MB = 4096 / 2**20


@dataclass(frozen=True)
class Idle:
    """Milliseconds of processor time a second (those of PostgreSQL with its upkeep), and what the server holds.

    `sessions`: begun meanwhile. `memory_mb`: of the largest process of the server; 0 without /proc, as the times are.
    `loading_s`: processor time that it takes to load what a server loads, from compiled files.
    """

    seconds: float
    server_ms: float
    postgres_ms: float
    sessions: int
    memory_mb: float
    loading_s: float

    def as_said(self) -> str:
        return (
            f"idle: {self.server_ms:.1f} ms a second of the server, {self.postgres_ms:.1f} ms of PostgreSQL,"
            f" {self.sessions} new sessions, {self.memory_mb:.0f} MB; loading took {self.loading_s:.2f} s"
        )


def measure(gauge: Gauge, seconds: float) -> Idle:
    """Look on while nothing happens."""
    time.sleep(_SETTLED_S)  # whatever was measured before has to end
    with psycopg.connect(gauge.database_url, autocommit=True) as connection:
        sessions_before = _sessions(connection)
        before = gauge.read()
        time.sleep(seconds)
        after = gauge.read()
        sessions = _sessions(connection) - sessions_before
    return Idle(
        seconds=seconds,
        server_ms=(after.server_ms - before.server_ms) / seconds,
        postgres_ms=(after.postgres_ms + after.background_ms - before.postgres_ms - before.background_ms) / seconds,
        sessions=max(0, sessions - _OURS + 1),
        memory_mb=max((_memory_mb(pid) for pid in processes_of(gauge.server)), default=0.0),
        loading_s=min(_loading_s() for _ in range(_LOADS)),
    )


def _loading_s() -> float:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import chengtuan.apps.server"], check=True, env=environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _sessions(connection: psycopg.Connection[tuple[int]]) -> int:
    connection.execute("select pg_stat_force_next_flush()")
    row = connection.execute(_SESSIONS).fetchone()
    assert row
    return row[0]


def _memory_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
    except OSError:  # it has just ended
        return 0.0
