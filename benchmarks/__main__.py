"""`python -m benchmarks` (`make bench`): the measured paths, each beside the machine's limits in the same run."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.generator import Pace
from benchmarks.pages import SPEED, put_into
from benchmarks.results import FOLDER, LATEST, Results, commit_of, write
from benchmarks.run import run
from benchmarks.stage import Sizes
from benchmarks.table import as_markdown, machine, show
from benchmarks.workloads import WORKLOADS
from chengtuan.apps.embedded.binaries import find_binaries

_WHOLE = {"seconds": 5.0, "warmup": 1.0, "groups": 10_000, "orders": 20_000, "rounds": 1}
QUICK = _WHOLE | {"seconds": 0.7, "warmup": 0.3, "groups": 640, "orders": 2000}


def main(words: Sequence[str] | None = None) -> None:
    end_by_signal()
    arguments = parsed(words)
    results = measure(arguments)
    print(f"\n{show(results)}")
    kept = [arguments.out] if arguments.out else _kept(arguments, results.commit)
    for path in kept:
        write(path, results)
        print(f"\nwritten to {path}")
    if LATEST in kept:
        put_into(SPEED, "bench", as_markdown(results))
    if not kept:
        print(f"\nnot kept: {FOLDER.name}/ has whole runs only; --out FILE keeps this one")


def end_by_signal() -> None:
    """What was started is ended and removed, also when this is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def measure(arguments: argparse.Namespace) -> Results:
    """So many runs, each in a system of its own."""
    print(line := machine(find_binaries().version), flush=True)
    chosen = [name for names in arguments.only or [] for name in names]
    names = [name for name in WORKLOADS if not chosen or name in chosen]
    pace = Pace(arguments.concurrency, arguments.warmup, arguments.seconds)
    sizes = Sizes(arguments.groups, arguments.orders)
    runs = []
    for number in range(1, arguments.rounds + 1):
        if arguments.rounds > 1:
            print(f"run {number} of {arguments.rounds}", flush=True)
        runs.append(run(names, pace, sizes, port=arguments.port, pgbench=arguments.pgbench))
    return Results(commit_of(Path(__file__).parent), line, runs)


def _kept(arguments: argparse.Namespace, commit: str) -> list[Path]:
    """Where a run is kept that measured everything, as long as usual: as the latest, and as one of its commit."""
    usual = vars(parsed([]))
    whole = all(vars(arguments)[name] == usual[name] for name in usual.keys() - {"port", "out", "rounds"})
    return [LATEST, FOLDER / f"{commit}.json"] if whole else []


def _workloads(word: str) -> list[str]:
    names = word.split(",")
    if unknown := [name for name in names if name not in WORKLOADS]:
        raise argparse.ArgumentTypeError(f"no workload: {', '.join(unknown)}. There are {', '.join(WORKLOADS)}")
    return names


def add_pace(parser: argparse.ArgumentParser, usual: dict[str, Any]) -> None:
    """What of, how much and how long."""
    parser.add_argument("--only", nargs="+", type=_workloads, help="these workloads only, by spaces or commas")
    parser.add_argument("--seconds", type=float, help="how long each workload is measured")
    parser.add_argument("--warmup", type=float, help="seconds of the same before")
    parser.add_argument("--rounds", type=int, help="runs, of which the medians are shown")
    parser.add_argument("--groups", type=int, help="groups that are joined where joins are spread")
    parser.add_argument("--orders", type=int, help="paid orders that the merchant has for the console")
    parser.add_argument("--concurrency", type=int, default=64, help="connections (default 64)")
    parser.set_defaults(**usual)


def parsed(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look: everything, a second each")
    parser.add_argument("--no-pgbench", dest="pgbench", action="store_false", help="beside bare answers only")
    parser.add_argument("--port", type=int, help="the server's port, the sandbox takes the next (default: free ones)")
    parser.add_argument("--out", type=Path, help=f"the file to write (a whole run: {LATEST.name})")
    add_pace(parser, _WHOLE)
    if parser.parse_args(words).quick:
        parser.set_defaults(**QUICK)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
