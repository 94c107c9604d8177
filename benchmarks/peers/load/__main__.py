"""`python -m benchmarks.peers.load JOB`: reads a job as JSON, drives its load, prints the result as JSON."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load.meter import Meter
from benchmarks.peers.load.line import Line
from benchmarks.peers.load.visitor import Refused, Step, Visitor

_SETTLED_S = 0.5


async def _run(job: dict[str, Any]) -> dict[str, object]:
    """Everybody takes the steps before; then, measured, each the steps: once, or, `again`, until the time is over."""
    lines = [Line(job["port"]) for _ in range(job["concurrency"])]
    visitors = [Visitor(dict(each.get("told", {})), dict(each.get("cookies", {}))) for each in job["visitors"]]
    refused = await _prepare(visitors, [Step(**each) for each in job["before"]], lines)
    meter = Meter(job["warmup_s"], job["seconds"])
    turns = cycle(visitors) if job["again"] else iter(visitors)
    steps = [Step(**each) for each in job["steps"]]
    sizes: list[int] = []
    ran_out = any(await asyncio.gather(*(_drive(line, turns, steps, meter, sizes) for line in lines)))
    for line in lines:
        line.close()
    return meter.result(ran_out=ran_out).as_dict() | {"bytes": max(sizes, default=0), "unprepared": refused}


async def _prepare(visitors: Sequence[Visitor], steps: Sequence[Step], lines: Sequence[Line]) -> list[str]:
    """What was not answered as it has to be."""
    refused: list[str] = []
    turns = iter(visitors)

    async def drive(line: Line) -> None:
        for visitor in turns:
            try:
                await visitor.go(steps, line)
            except Refused as problem:
                refused.append(str(problem))

    if steps:
        await asyncio.gather(*(drive(line) for line in lines[:16]))
        await asyncio.sleep(_SETTLED_S)
    return refused


async def _drive(line: Line, turns: Iterator[Visitor], steps: Sequence[Step], meter: Meter, sizes: list[int]) -> bool:
    """Whether the visitors ran out."""
    while not meter.over():
        visitor = next(turns, None)
        if visitor is None:
            return True
        since = time.perf_counter()
        try:
            answer = await visitor.go(steps, line)
        except Refused as problem:
            meter.finished(since, str(problem))
        except ConnectionError:
            meter.finished(since, "hung up")
        else:
            meter.finished(since, "ok")
            sizes.append(len(answer.body))
    return False


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(uvloop.run(_run(job))))


if __name__ == "__main__":
    main()
