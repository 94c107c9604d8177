"""`python -m benchmarks.compare BASE` (`make bench-compare BASE=…`): what is here beside a commit or kept results.

A commit is checked out beside this and measured by this benchmark, in turns with what is here: a machine that is busy
for a while is so for both. What differs by less than the runs of one side differ among each other is said to be noise.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.__main__ import QUICK, add_pace, end_by_signal
from benchmarks.results import Results, Run, read, write

_HERE = Path(__file__).parent.parent
_ROUNDS = 5
_FEWEST = 3
"""With fewer runs of each side nobody knows the noise."""


class CannotCompare(Exception):
    """The message says why."""


@dataclass(frozen=True)
class Verdict:
    """Medians, and by what share of the larger spread two runs of the same thing differ."""

    base: float
    here: float
    noise: float | None

    @property
    def change(self) -> float:
        if not self.base:
            return math.inf if self.here else 0.0
        return self.here / self.base - 1

    def words(self, *, more_is_better: bool) -> str:
        if self.noise is None:
            return "too few runs"
        if abs(self.change) <= self.noise:
            return "within the noise"
        return "better" if (self.change > 0) is more_is_better else "WORSE"


def compared(base: Sequence[float], here: Sequence[float]) -> Verdict:
    """Of two sides with some runs each."""
    enough = min(len(base), len(here)) >= _FEWEST
    return Verdict(median(base), median(here), max(_spread(base), _spread(here)) if enough else None)


def _spread(values: Sequence[float]) -> float:
    """Half of how far apart the runs are, as a share; of five and more the farthest on each side is left out."""
    out = len(values) // 5
    middle = sorted(values)[out : len(values) - out]
    return (middle[-1] - middle[0]) / 2 / median(values) if median(values) else 0.0


def main(words: Sequence[str] | None = None) -> None:
    end_by_signal()
    arguments, pace = _arguments(words)
    with tempfile.TemporaryDirectory(prefix="chengtuan-compare-") as name:
        folder = Path(name)
        try:
            if Path(arguments.base).is_file():
                base, here = read(Path(arguments.base)), _measured({"here": _HERE}, pace, arguments.rounds, folder)[0]
            else:
                with checked_out(arguments.base, folder / "base") as there:
                    sides = {"base": there, "here": _HERE}
                    base, here = _measured(sides, pace, arguments.rounds, folder)
        except (CannotCompare, ValueError) as problem:
            sys.exit(str(problem))
    print(f"\n{show(base, here)}")
    if arguments.out:
        write(arguments.out, here)


def _measured(sides: dict[str, Path], pace: list[str], rounds: int, folder: Path) -> list[Results]:
    """Each side so often, in turns, and the one that begins in turns, too. Raises CannotCompare."""
    runs: dict[str, list[Results]] = {side: [] for side in sides}
    for number in range(rounds):
        for side in list(sides)[:: 1 if number % 2 == 0 else -1]:
            began = time.monotonic()
            print(f"round {number + 1} of {rounds}, {side} …", flush=True)
            runs[side].append(_one_run(sides[side], pace, folder))
            print(f"round {number + 1} of {rounds}, {side}: {time.monotonic() - began:.0f} s", flush=True)
    return [
        Results(of[0].commit, of[0].machine, [run for results in of for run in results.runs]) for of in runs.values()
    ]


def _one_run(root: Path, pace: list[str], folder: Path) -> Results:
    """Tells how it goes. Raises CannotCompare."""
    out, path = folder / "run.json", [str(root / "src"), str(root)]
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks", *pace, "--no-pgbench", "--rounds", "1", "--out", str(out)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                said.append(line)
                if "…" in line:
                    print(f"    {line}", end="", flush=True)
        except BaseException:
            process.terminate()  # it removes what it started
            raise
    if process.returncode != 0:
        raise CannotCompare(f"this benchmark does not run on {root.name}:\n{''.join(said)[-3000:]}")
    return read(out)


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """A commit's product with this benchmark. Raises CannotCompare."""
    git = ["git", "-C", str(_HERE), "worktree"]
    done = subprocess.run([*git, "add", "--detach", str(folder), commit], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotCompare(f"{commit} is neither a file nor a commit: {done.stderr.strip()}")
    try:
        shutil.rmtree(folder / "benchmarks", ignore_errors=True)
        shutil.copytree(_HERE / "benchmarks", folder / "benchmarks", ignore=shutil.ignore_patterns("results"))
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], capture_output=True, check=False)


_Measure = Callable[[Run, str], float]
_RATES: dict[str, _Measure] = {
    "per s": lambda run, name: next(row.rps for row in run.rows if row.workload == name),
    "of bare": lambda run, name: next(row.ratio for row in run.rows if row.workload == name),
}
_COSTS: dict[str, _Measure] = {
    "server ms": lambda run, name: run.costs[name].server_ms,
    "postgres ms": lambda run, name: run.costs[name].postgres_ms,
    "statements": lambda run, name: run.costs[name].statements,
    "WAL B": lambda run, name: run.costs[name].wal_bytes,
}


def show(base: Results, here: Results) -> str:
    """A line for each number that both have."""
    lines = [f"base {base.commit}, {len(base.runs)} runs; here {here.commit}, {len(here.runs)} runs"]
    if base.machine != here.machine:
        lines.append(f"base is of another machine, so that only `of bare` says something: {base.machine}")
    lines.append(f"\n{'workload':<22} {'':<11} {'base':>10} {'here':>10} {'change':>8} {'noise':>7}")
    rated = dict.fromkeys(row.workload for row in here.runs[0].rows)
    known = {row.workload for row in base.runs[0].rows}
    for name in (name for name in rated if name in known):
        lines += [_line(name, what, of, base, here, more_is_better=True) for what, of in _RATES.items()]
        lines += [_line(name, what, of, base, here, more_is_better=False) for what, of in _COSTS.items()]
    return "\n".join(lines)


def _line(name: str, what: str, of: _Measure, base: Results, here: Results, *, more_is_better: bool) -> str:
    verdict = compared([of(run, name) for run in base.runs], [of(run, name) for run in here.runs])
    noise = "" if verdict.noise is None else f"±{verdict.noise:.0%}"
    numbers = f"{_short(verdict.base):>10} {_short(verdict.here):>10} {verdict.change:>+8.0%} {noise:>7}"
    return f"{name:<22} {what:<11} {numbers}  {verdict.words(more_is_better=more_is_better)}"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3f}"


def _arguments(words: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """And the words that say to each run what it measures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("base", help="a commit, or a file of results")
    parser.add_argument("--out", type=Path, help="the file for what was measured here")
    add_pace(parser, QUICK | {"rounds": _ROUNDS})
    arguments = parser.parse_args(words)
    pace = [
        word
        for name in ("seconds", "warmup", "groups", "orders", "concurrency")
        for word in (f"--{name}", str(getattr(arguments, name)))
    ]
    chosen = [name for names in arguments.only or [] for name in names]
    return arguments, pace + (["--only", ",".join(chosen)] if chosen else [])


if __name__ == "__main__":
    main()
