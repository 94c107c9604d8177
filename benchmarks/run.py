"""One run: fill, measure, check, and then the same on the bare database."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import bare_database
from benchmarks.checks import check_invariants, check_orders, check_stock
from benchmarks.cost import Cost
from benchmarks.fill.shop import fill_shop
from benchmarks.generator import Generator, Pace
from benchmarks.idle import measure
from benchmarks.load.meter import Result
from benchmarks.load.requests import get, post
from benchmarks.results import Row, Run
from benchmarks.stage import Outcome, Sizes, Stage
from benchmarks.system import System, fresh_system
from benchmarks.target import BARE, BARE_CHANGE, BARE_POST, BARE_STREAM
from benchmarks.workloads import SALES, WORKLOADS, Bare, people_needed

_MANY_PRODUCTS = 64
_A_BODY = {"sku_id": "018f0000-0000-7000-8000-000000000000", "quantity": 1, "address_id": "x" * 36, "mode": "solo"}
_MANY_CHANGES = 100_000


@dataclass
class _Measured:
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    bare: dict[tuple[Bare, int], Result] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)


def run(names: Sequence[str], pace: Pace, sizes: Sizes, *, port: int | None = None, pgbench: bool = True) -> Run:
    """In a system of its own, which is gone afterwards; bare SQL stands beside it with `pgbench`. Raises WrongRows."""
    with (
        tempfile.TemporaryDirectory(prefix="chengtuan-bench-") as folder,
        fresh_system(Path(folder), port=port) as system,
    ):
        people = people_needed(names, pace, sizes)
        print(f"filling a shop with {people} shoppers …", flush=True)
        shop = asyncio.run(fill_shop(system.environment, shoppers=people, many=_MANY_PRODUCTS, sales=SALES))
        measured = _Measured()
        with system.processes() as gauge:
            generator = Generator(system.data, system.port, system.sandbox_port, gauge)
            stage = Stage(shop, generator, pace, sizes, system.database_url)
            print("idle …", flush=True)
            idle = measure(gauge, pace.seconds or 1)
            for number, name in enumerate(names, 1):
                print(f"{number}/{len(names)} {name} …", end=" ", flush=True)
                _measure(stage, name, measured)
            stage.until_quiet()
        _check(system, measured, prepared=stage.prepared)
        rows = _beside_limits(system, measured, pace, pgbench=pgbench)
        return Run(rows=rows, costs=measured.costs, idle=idle)


def _measure(stage: Stage, name: str, measured: _Measured) -> None:
    """The load of a workload is the last that it drives; nothing of what was before goes on meanwhile."""
    workload, generator = WORKLOADS[name], stage.generator
    pace, stage.pace = stage.pace, workload.pace(stage.pace)
    if (workload.bare, stage.pace.concurrency) not in measured.bare:
        measured.bare[workload.bare, stage.pace.concurrency] = _bare(generator, workload.bare, stage.pace)
        measured.costs[workload.bare_name] = _last(generator)
    stage.until_quiet()
    outcome = workload.measure(stage)
    measured.outcomes[name], measured.costs[name] = outcome, _last(generator)
    measured.costs |= {name + more: cost for more, cost in outcome.costs.items()}
    stage.pace = pace
    print(_as_said(outcome.result), flush=True)


def _bare(generator: Generator, bare: Bare, pace: Pace) -> Result:
    """What the server does without the product."""
    if bare == "bare_json":
        return generator.repeat([get(BARE)], pace)
    if bare == "bare_post":
        return generator.repeat([post(BARE_POST, _A_BODY)], pace)
    return generator.listen(get(BARE_STREAM), [post(BARE_CHANGE, _A_BODY)] * _MANY_CHANGES, pace)


def _last(generator: Generator) -> Cost:
    assert generator.cost is not None
    return generator.cost


def _as_said(result: Result) -> str:
    refused = {what: count for what, count in result.answers.items() if what != "ok"}
    notes = [f"{result.rps:.0f}/s"]
    notes += [f"refused {refused}"] if refused else []
    notes += ["the shoppers ran out"] if result.ran_out else []
    return ", ".join(notes)


def _check(system: System, measured: _Measured, *, prepared: int) -> None:
    check_orders(system.database_url, measured.outcomes.items(), prepared=prepared)
    check_stock(system.database_url)
    check_invariants(system.database_url)
    print("orders, holds, stock and invariants are right", flush=True)


def _beside_limits(system: System, measured: _Measured, pace: Pace, *, pgbench: bool) -> list[Row]:
    bare_database.lift_barriers(system.database_url)
    rows = []
    for name, outcome in measured.outcomes.items():
        workload, result = WORKLOADS[name], outcome.result
        clients = workload.pace(pace).concurrency
        limits: dict[str, float] = {workload.bare: outcome.units * measured.bare[workload.bare, clients].rps}
        if pgbench and workload.script is not None:
            print(f"pgbench {name} …", flush=True)
            limits["pgbench"] = outcome.units * bare_database.measure(
                system.cluster,
                system.database_url,
                workload.script,
                outcome.rows,
                clients=pace.concurrency,
                seconds=pace.seconds or 1,
            )
        for limit, rate in limits.items():
            rows.append(Row(name, clients, result.rps, result.p50_ms, result.p99_ms, limit, rate, result.rps / rate))
    return rows
