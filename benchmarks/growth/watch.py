"""What PostgreSQL looked at for a request: rows and pages, told by its own plans."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

_SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "-1",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_parameter_max_length": "0",
}
"""Plans are written only while somebody watches; otherwise the extension costs nothing."""


@dataclass(slots=True)
class Looked:
    """`rows` by table, also those that were read for nothing; `pages` of the database, of tables and of indexes."""

    pages: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    worst: str = ""
    """The statement that looked at the most pages, with its plan in short."""
    _most: int = -1

    def add(self, logged: Mapping[str, Any]) -> None:
        plan = logged["Plan"]
        pages = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        self.pages += pages
        for node in _nodes(plan):
            if table := node.get("Relation Name"):
                passed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
                rows = int((node["Actual Rows"] + passed) * node["Actual Loops"])
                self.rows[table] = self.rows.get(table, 0) + rows
        if pages > self._most:
            self._most, self.worst = pages, f"{logged['Query Text']}\n{_in_short(plan)}"


def prepare(database_url: str) -> None:
    """Of a cluster that is only for measuring: sessions that begin from here on can be watched."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(f"alter system set {name} = '{value}'".encode())
        connection.execute("select pg_reload_conf()")


class Watch:
    """Reads the server's log from where it ends when the watch begins."""

    def __init__(self, database_url: str, log: Path) -> None:
        self._database_url, self._log = database_url, log

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._set(0)
        try:
            yield
        finally:
            self._set(-1)

    def mark(self) -> int:
        return self._log.stat().st_size

    def since(self, mark: int) -> Looked:
        looked = Looked()
        with self._log.open(errors="replace") as lines:
            lines.seek(mark)
            for logged in _plans(lines.read()):
                looked.add(logged)
        return looked

    def _set(self, least_ms: int) -> None:
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            connection.execute(f"alter system set auto_explain.log_min_duration = {least_ms}".encode())
            connection.execute("select pg_reload_conf()")
            connection.execute("select pg_sleep(0.3)")


def _plans(text: str) -> Iterator[Mapping[str, Any]]:
    decoder = json.JSONDecoder(strict=False)
    place = 0
    while (place := text.find("plan:\n", place)) >= 0:
        place = text.find("{", place)
        if place < 0:
            return
        try:
            logged, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:  # the last one is still being written
            return
        yield logged


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _in_short(plan: Mapping[str, Any], depth: int = 0) -> str:
    what = " ".join(str(plan[key]) for key in ("Node Type", "Relation Name", "Index Name") if key in plan)
    pages = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
    line = f"{'  ' * depth}{what}: {plan.get('Actual Rows', 0):g} rows x {plan.get('Actual Loops', 0)}, {pages} pages"
    return "\n".join([line, *(_in_short(part, depth + 1) for part in plan.get("Plans", ()))])
