"""docs/reference/proofs.md: what was run, how often, and what the controls showed."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from chengtuan.apps.embedded.cluster import Cluster
from tests.proofs.run import Run

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "proofs.md"
_HEAD = """<!-- Written by `make prove`; do not edit by hand. -->

# Proofs

What we claim about the engine, and what happened when we tried to refute it. Each claim is checked by rounds whose
chances come from a seed: it decides what people wish and what goes wrong, while the interleaving inside PostgreSQL is
the machine's. A violation prints the seed and the command that repeats it. Each proof has *controls*: a guard is taken
away, and the same check must find damage. A check that finds none is reported as a failure.

The payment provider in all of this is [our own sandbox](../explanation/sandbox.md), a separate program that speaks
WeChat Pay's protocol and misbehaves on command. **None of it was ever run against Tencent.**
"""


def page(runs: Sequence[Run], cluster: Cluster) -> str:
    parts = [_HEAD, _machine(runs, cluster), _overview(runs), *(_proof(run) for run in runs)]
    return "\n".join(parts)


def _machine(runs: Sequence[Run], cluster: Cluster) -> str:
    version = cluster.programs.run("postgres", "--version").stdout.split()[2]
    minutes = sum(run.seconds for run in runs) / 60
    return (
        f"Run on {datetime.now(UTC):%Y-%m-%d} in {minutes:.0f} minutes on {os.cpu_count()} cores, with Python"
        f" {platform.python_version()} and PostgreSQL {version}. Again: `make prove`; one of them:"
        " `.venv/bin/python -m tests.proofs --only model`. Short versions run in `make test`.\n"
    )


def _overview(runs: Sequence[Run]) -> str:
    rows = [
        f"| [{run.proof.slug}](#{run.proof.slug}) | {run.rounds:,} | {len(run.controls)} | {run.seconds:.0f} s"
        f" | {'holds' if run.holds else '**does not hold**'} |"
        for run in runs
    ]
    return "\n".join(["| proof | rounds | controls | took | |", "|---|---|---|---|---|", *rows, ""])


def _proof(run: Run) -> str:
    lines = [f"## {run.proof.slug}", "", run.proof.claim, ""]
    lines += [f"[Rule](../explanation/rules.md) {run.proof.rule}. {run.rounds:,} rounds in {run.seconds:.0f} s.", ""]
    lines += _figures(run)
    lines += [f"- **Violated**: {words.splitlines()[0]}" for _, words in run.failures[:5]]
    lines += _controls(run)
    return "\n".join(lines)


def _figures(run: Run) -> list[str]:
    if not run.total.figures and not run.total.samples:
        return []
    rows = [f"| {name} | {count:,} |" for name, count in run.total.figures.items()]
    for name in run.total.samples:
        p50, p99, top = (run.total.percentile(name, share) for share in (0.5, 0.99, 1.0))
        rows.append(
            f"| {name} ({len(run.total.samples[name]):,} samples) | p50 {p50:.2f}, p99 {p99:.2f}, max {top:.2f} |"
        )
    return ["| figure | |", "|---|---|", *rows, ""]


def _controls(run: Run) -> list[str]:
    if not run.controls:
        return []
    rows = []
    for shown in run.controls:
        found = "**no damage**" if shown.complaint is None else f"`{_short(shown.complaint)}`"
        rows.append(f"| {shown.control.removed} | {shown.rounds} | {found} |")
    return ["| taken away | rounds until damage | what the check said |", "|---|---|---|", *rows, ""]


def _short(words: str) -> str:
    line = words.splitlines()[0].replace("|", "\\|").replace("`", "'")
    return line if len(line) <= 140 else f"{line[:139]}…"
