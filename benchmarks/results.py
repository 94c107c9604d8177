"""Results: what a run measured, several runs of one commit, and the files that keep them."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cost import Cost
from benchmarks.idle import Idle

FOLDER = Path(__file__).parent / "results"
LATEST = FOLDER / "latest.json"
"""The last whole form, which git keeps."""


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


@dataclass(frozen=True)
class Run:
    """`costs` are of one unit of each workload, and of one bare answer."""

    rows: Sequence[Row]
    costs: Mapping[str, Cost]
    idle: Idle


@dataclass(frozen=True)
class Results:
    """`commit` ends in + where the product was not what the commit has."""

    commit: str
    machine: str
    runs: Sequence[Run]

    def middle(self) -> Run:
        """The medians, each number by itself."""
        first = self.runs[0]
        rows = [_middle([run.rows[number] for run in self.runs]) for number in range(len(first.rows))]
        costs = {name: _middle([run.costs[name] for run in self.runs]) for name in first.costs}
        return Run(rows, costs, _middle([run.idle for run in self.runs]))


def _middle(several: Sequence[Any]) -> Any:
    fields = {
        name: median(values) if isinstance(value, float | int) else value
        for name, value in vars(several[0]).items()
        for values in [[getattr(each, name) for each in several]]
    }
    return type(several[0])(**fields)


def write(path: Path, results: Results) -> None:
    document = {"commit": results.commit, "machine": results.machine, "runs": [_as_json(run) for run in results.runs]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")


def read(path: Path) -> Results:
    """Raises ValueError for a file that is none."""
    document = json.loads(path.read_text())
    try:
        return Results(document["commit"], document["machine"], [_run(run) for run in document["runs"]])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} has no runs of this benchmark ({error!r})") from error


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "rows": [_rounded(row) for row in run.rows],
        "costs": [{"workload": name} | _rounded(cost) for name, cost in run.costs.items()],
        "idle": _rounded(run.idle),
    }


def _rounded(values: Row | Cost | Idle) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(values).items()}


def _run(run: Mapping[str, Any]) -> Run:
    costs = {cost["workload"]: Cost(**{k: v for k, v in cost.items() if k != "workload"}) for cost in run["costs"]}
    return Run([Row(**row) for row in run["rows"]], costs, Idle(**run["idle"]))


def commit_of(folder: Path) -> str:
    """What is checked out there, with + if the product is another one."""
    commit = _git(folder, "rev-parse", "--short=12", "HEAD") or "unknown"
    return commit + ("+" if _git(folder, "status", "--porcelain", "--", "src") else "")


def _git(folder: Path, *words: str) -> str:
    asked = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    return asked.stdout.strip()
