"""The one table, and the file with the same rows."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.cost import Cost
from benchmarks.idle import Idle


@dataclass(frozen=True)
class Row:
    """A workload beside one limit of the same run; `ratio` is rps / limit_rps."""

    workload: str
    concurrency: int
    rps: float
    p50_ms: float
    p99_ms: float
    limit: str
    limit_rps: float
    ratio: float


def show(rows: list[Row]) -> str:
    head = f"{'workload':<20} {'clients':>7} {'per s':>9} {'p50 ms':>8} {'p99 ms':>8}"
    lines = [f"{head}  {'limit':<10} {'per s':>9} {'ratio':>6}"]
    lines += [
        f"{row.workload:<20} {row.concurrency:>7} {row.rps:>9.0f} {row.p50_ms:>8.1f} {row.p99_ms:>8.1f}"
        f"  {row.limit:<10} {row.limit_rps:>9.0f} {row.ratio:>6.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def show_costs(costs: Mapping[str, Cost]) -> str:
    """What one unit of each load cost."""
    head = f"{'server':>8} {'postgres':>8} {'upkeep':>8} {'sandbox':>8} {'load':>8} {'writes':>7} {'WAL B':>7}"
    lines = [f"{'CPU ms a unit':<20} {head}"]
    lines += [
        f"{name:<20} {cost.server_ms:>8.3f} {cost.postgres_ms:>8.3f} {cost.background_ms:>8.3f}"
        f" {cost.sandbox_ms:>8.3f} {cost.load_ms:>8.3f} {cost.transactions:>7.3f} {cost.wal_bytes:>7.0f}"
        for name, cost in costs.items()
    ]
    return "\n".join(lines)


def write(path: Path, rows: list[Row], costs: Mapping[str, Cost], idle: Idle, *, postgres: str) -> None:
    document = {
        "commit": _commit(),
        "machine": machine(postgres),
        "rows": [_as_json(row) for row in rows],
        "costs": [{"workload": name} | _as_json(cost) for name, cost in costs.items()],
        "idle": _as_json(idle),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")


def _as_json(row: Row | Cost | Idle) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(row).items()}


def _commit() -> str:
    asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"


def machine(postgres: str) -> str:
    """Processor, cores, memory and versions, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, PostgreSQL {postgres}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
