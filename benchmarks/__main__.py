"""`python -m benchmarks` (`make bench`): the measured paths, each beside the machine's limits in the same run."""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import bare_database
from benchmarks.checks import check_invariants, check_orders, check_stock
from benchmarks.cost import Cost
from benchmarks.generator import Generator, Pace
from benchmarks.idle import Idle, measure, show_idle
from benchmarks.load.requests import get
from benchmarks.shop import fill_shop
from benchmarks.system import System, fresh_system
from benchmarks.table import Row, machine, show, show_costs, write
from benchmarks.target import BARE
from benchmarks.workloads import MANY_PRODUCTS, WORKLOADS, Outcome, Stage, shoppers_needed

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main(words: Sequence[str] | None = None) -> None:
    arguments = _arguments(words)
    pace = Pace(arguments.concurrency, arguments.warmup, arguments.seconds)
    chosen = [name for names in arguments.only or [] for name in names]
    names = [name for name in WORKLOADS if not chosen or name in chosen]
    with (
        tempfile.TemporaryDirectory(prefix="chengtuan-bench-") as folder,
        fresh_system(Path(folder), port=arguments.port) as system,
    ):
        version = system.cluster.programs.binaries.version
        print(machine(version), flush=True)
        rows, costs, idle = run(system, names, pace, arguments.groups)
        print(f"\n{show(rows)}\n\n{show_costs(costs)}\n\n{show_idle(idle)}")
        out = arguments.out or (RESULTS if _whole(words) else None)
        if out is None:
            print(f"\nnot written: {RESULTS.name} keeps whole runs only; --out FILE keeps this one")
        else:
            write(out, rows, costs, idle, postgres=version)
            print(f"\nwritten to {out}")


def _whole(words: Sequence[str] | None) -> bool:
    """Whether a run measures everything as long as the table that is kept, so that its rows may stand there."""
    chosen, usual = vars(_arguments(words)), vars(_arguments([]))
    return all(chosen[name] == usual[name] for name in usual.keys() - {"port", "out"})


def run(
    system: System, names: Sequence[str], pace: Pace, many_groups: int
) -> tuple[list[Row], Mapping[str, Cost], Idle]:
    """Fill, measure, check, and then the same on the bare database. The rows, what a unit cost and what nothing did."""
    people = shoppers_needed(names, pace, many_groups)
    print(f"filling a shop with {MANY_PRODUCTS} products and {people} shoppers …", flush=True)
    shop = asyncio.run(fill_shop(system.environment, shoppers=people, many=MANY_PRODUCTS))
    costs: dict[str, Cost] = {}
    with system.processes() as gauge:
        generator = Generator(system.data, system.port, system.sandbox_port, gauge)
        stage = Stage(shop, generator, pace, many_groups)
        print("idle …", flush=True)
        idle = measure(gauge, pace.seconds or 1)
        print("bare_json …", flush=True)
        bare_rps = generator.repeat([get(BARE)], pace).rps
        assert generator.cost is not None
        costs["bare_json"] = generator.cost
        outcomes = {name: _measured(stage, name, costs) for name in names}
    check_orders(
        system.database_url, {name: outcome.result for name, outcome in outcomes.items()}, prepared=stage.prepared
    )
    check_stock(system.database_url)
    check_invariants(system.database_url)
    print("orders, stock and invariants are right", flush=True)
    return _beside_limits(system, outcomes, pace, bare_rps), costs, idle


def _measured(stage: Stage, name: str, costs: dict[str, Cost]) -> Outcome:
    """The load of a workload is the last that it drives; what it costs goes into `costs`."""
    print(f"{name} …", end=" ", flush=True)
    outcome = WORKLOADS[name](stage)
    assert stage.generator.cost is not None
    costs[name] = stage.generator.cost
    refused = {what: count for what, count in outcome.result.answers.items() if what != "ok"}
    notes = [f"{outcome.result.rps:.0f}/s"]
    notes += [f"refused {refused}"] if refused else []
    notes += ["the shoppers ran out"] if outcome.result.ran_out else []
    print(", ".join(notes), flush=True)
    return outcome


def _beside_limits(system: System, outcomes: dict[str, Outcome], pace: Pace, bare_rps: float) -> list[Row]:
    bare_database.lift_barriers(system.database_url)
    rows = []
    for name, outcome in outcomes.items():
        print(f"pgbench {name} …", flush=True)
        bare_sql = bare_database.measure(
            system.cluster,
            system.database_url,
            name,
            outcome.rows,
            clients=pace.concurrency,
            seconds=pace.seconds or 1,
        )
        for limit, limit_rps in (("bare_json", bare_rps), ("pgbench", bare_sql)):
            result = outcome.result
            ratio = result.rps / limit_rps
            rows.append(Row(name, pace.concurrency, result.rps, result.p50_ms, result.p99_ms, limit, limit_rps, ratio))
    return rows


def _workloads(word: str) -> list[str]:
    names = word.split(",")
    if unknown := [name for name in names if name not in WORKLOADS]:
        raise argparse.ArgumentTypeError(f"no workload: {', '.join(unknown)}. There are {', '.join(WORKLOADS)}")
    return names


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each workload is measured (default 5)")
    parser.add_argument("--warmup", type=float, default=1.0, help="seconds of the same before (default 1)")
    parser.add_argument("--concurrency", type=int, default=64, help="connections (default 64)")
    parser.add_argument("--groups", type=int, default=10_000, help="groups that are joined where joins are spread")
    parser.add_argument("--only", nargs="+", type=_workloads, help="these workloads only, by spaces or commas")
    parser.add_argument("--port", type=int, help="the server's port, the sandbox takes the next (default: free ones)")
    parser.add_argument("--out", type=Path, help=f"the file to write (a whole run: {RESULTS.name})")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
