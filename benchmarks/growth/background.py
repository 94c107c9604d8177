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
from chengtuan.modules.trade.job_kinds import CLOSE_GROUP
from chengtuan.platform.job_handlers import Periodic, Task
from chengtuan.platform.jobs import Job
from chengtuan.platform.retention import sweep_job

LINEAR = ("check_shelf_cards", "verify")
"""They look at everything: that is what they are for."""
_NOT = ("plan_reconciliations",)
"""Plans a comparison for each day, which the server would make then."""
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
                elif isinstance(handler, Task) and handler.kind == CLOSE_GROUP:
                    found[f"{name}: one {handler.kind}"] = await _time_closing(module, handler)
    return found


async def _time_closing(module: RunningModule, handler: Task) -> float:
    """Groups that nobody is just paying for, due from here on."""
    async with module.database.write() as tx:
        now = tx.clock.now()
        due = await tx.fetch_tuples(
            "update buy_group set deadline = %s where id = any(array(select id from buy_group where status = 'open'"
            " and locked = paid order by id limit %s)) returning id::text",
            (now, _TIMES),
        )
    job = partial(_job, handler.kind, payload={"deadline": now.isoformat()})
    return median([await _timed(partial(handler.handler, job(ref))) for (ref,) in due])


def time_verify(database_url: str) -> tuple[float, Sequence[str]]:
    """Milliseconds, and what it found: groups have just ended, whose events nobody has delivered yet."""
    began = time.perf_counter()
    with psycopg.connect(database_url) as connection:
        found = broken_rules(connection, settled=False)
    return (time.perf_counter() - began) * 1000, found


def _job(kind: str, ref: str = "", payload: Mapping[str, Any] | None = None) -> Job:
    return Job(0, kind, ref, SystemClock().now(), 0, dict(payload or {}))


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000
