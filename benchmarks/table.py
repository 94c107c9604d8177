"""The tables, as they are printed, and the machine that they are of."""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.cost import Cost
from benchmarks.results import Results, Row
from benchmarks.workloads import WORKLOADS


def show(results: Results) -> str:
    """Medians, where there are several runs."""
    middle = results.middle()
    return f"{_rows(middle.rows)}\n\n{_costs(middle.costs)}\n\n{middle.idle.as_said()}\n{_times(results)}"


def _rows(rows: Sequence[Row]) -> str:
    head = f"{'workload':<20} {'clients':>7} {'per s':>9} {'p50 ms':>8} {'p99 ms':>8}"
    lines = [f"{head}  {'limit':<11} {'per s':>9} {'ratio':>6}"]
    lines += [
        f"{row.workload:<20} {row.concurrency:>7} {row.rps:>9.0f} {row.p50_ms:>8.1f} {row.p99_ms:>8.1f}"
        f"  {row.limit:<11} {row.limit_rps:>9.0f} {row.ratio:>6.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def _costs(costs: Mapping[str, Cost]) -> str:
    """What one unit of each load cost, and how many bare answers the server could have given for it."""
    head = f"{'server':>8} {'÷ bare':>7} {'postgres':>8} {'upkeep':>8} {'sandbox':>8} {'load':>8}"
    lines = [f"{'CPU ms a unit':<22} {head} {'sent':>7} {'writes':>7} {'WAL B':>7}"]
    lines += [
        f"{name:<22} {cost.server_ms:>8.3f} {_in_bare(costs, name):>7} {cost.postgres_ms:>8.3f}"
        f" {cost.background_ms:>8.3f} {cost.sandbox_ms:>8.3f} {cost.load_ms:>8.3f} {cost.statements:>7.2f}"
        f" {cost.transactions:>7.3f} {cost.wal_bytes:>7.0f}"
        for name, cost in costs.items()
    ]
    return "\n".join(lines)


def _in_bare(costs: Mapping[str, Cost], name: str) -> str:
    workload = WORKLOADS.get(name.partition(" + ")[0])
    bare = costs[workload.bare_name].server_ms if workload else 0
    return f"{costs[name].server_ms / bare:.1f}" if bare else ""


def as_markdown(results: Results) -> str:
    """The same for the page about speed: a line for each workload with its limits, and one for what a unit costs."""
    middle = results.middle()
    by_name: dict[str, list[Row]] = {}
    for row in middle.rows:
        by_name.setdefault(row.workload, []).append(row)
    lines = [
        f"Measured at {results.commit} on {results.machine}; {_times(results)}. {middle.idle.as_said().capitalize()}."
    ]
    lines += ["", "| workload | a second | p50 ms | p99 ms | of its limits |", "|---|---|---|---|---|"]
    lines += [
        f"| `{name}` | {rows[0].rps:,.0f} | {rows[0].p50_ms:.1f} | {rows[0].p99_ms:.1f} | "
        + ", ".join(f"{row.ratio:.2f} of {row.limit} ({row.limit_rps:,.0f})" for row in rows)
        + " |"
        for name, rows in by_name.items()
    ]
    head = ("server ms", "÷ bare", "PostgreSQL ms", "sandbox ms", "statements", "writing transactions", "WAL bytes")
    lines += ["", f"| a unit of | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    lines += [
        f"| `{name}` | {cost.server_ms:.3f} | {_in_bare(middle.costs, name)} | {cost.postgres_ms:.3f} |"
        f" {cost.sandbox_ms:.3f} | {cost.statements:.2f} | {cost.transactions:.3f} | {cost.wal_bytes:,.0f} |"
        for name, cost in middle.costs.items()
    ]
    return "\n".join(lines)


def _times(results: Results) -> str:
    return f"medians of {len(results.runs)} runs" if len(results.runs) > 1 else "one run"


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
