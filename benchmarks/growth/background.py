"""What the product does by itself, at a town: once each, without its server."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any

import psycopg

from chengtuan.apps.composition import Composition, RunningModule
from chengtuan.apps.verify.invariants import broken_rules
from chengtuan.kernel.clock import SystemClock
from chengtuan.platform.job_handlers import Periodic, Task
from chengtuan.platform.jobs import Job
from chengtuan.platform.retention import sweep_job

LINEAR = ("check_shelf_cards", "verify")
"""They look at everything: that is what they are for."""
_NOT = ("plan_reconciliations",)
"""Plans a comparison for each day, which the server would make then."""
_ONE_OF = ("close_group",)
_TIMES = 5


async def time_background(environ: Mapping[str, str]) -> dict[str, float]:
    """Milliseconds of each sweep, and of one group that is due."""
    names = [manifest.name for manifest in Composition.manifests]
    composition = Composition(environ=environ, clock=SystemClock(), modules=names)
    found: dict[str, float] = {}
    async with composition.open():
        for name, module in composition.running.items():
            sweep = sweep_job(module.database, composition.platform, composition.clock)
            for handler in (*module.built.jobs, sweep):
                if isinstance(handler, Periodic) and handler.kind not in _NOT:
                    found[f"{name}: {handler.kind}"] = await _timed(partial(handler.handler, _job(handler.kind)))
                elif isinstance(handler, Task) and handler.kind in _ONE_OF:
                    found[f"{name}: one {handler.kind}"] = await _time_some(module, handler)
    return found


async def _time_some(module: RunningModule, handler: Task) -> float:
    async with module.database.read() as db:
        rows = await db.fetch_tuples(
            "select ref, payload from job where kind = %s order by ref limit %s", (handler.kind, _TIMES)
        )
    times = []
    for ref, payload in rows:
        times.append(await _timed(partial(handler.handler, _job(handler.kind, ref, payload))))
    return median(times)


def time_verify(database_url: str) -> tuple[float, Sequence[str]]:
    """Milliseconds, and what it found."""
    began = time.perf_counter()
    with psycopg.connect(database_url) as connection:
        found = broken_rules(connection, settled=True)
    return (time.perf_counter() - began) * 1000, found


def _job(kind: str, ref: str = "", payload: Mapping[str, Any] | None = None) -> Job:
    return Job(0, kind, ref, SystemClock().now(), 0, dict(payload or {}))


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000
