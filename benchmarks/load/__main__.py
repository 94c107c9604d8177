"""`python -m benchmarks.load JOB RESULT`: reads a job as JSON, drives its load, writes the result as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load import listen, pages, people, single
from benchmarks.load.flash import order_by_hold
from benchmarks.load.meter import Result
from benchmarks.load.purchase import purchase

_ERRANDS = {"purchase": purchase, "flash": order_by_hold}


async def _run(job: dict[str, Any]) -> Result:
    kind, more = job.pop("kind"), job
    if kind in _ERRANDS:
        more["buyers"] = [people.Buyer(**buyer) for buyer in more["buyers"]]
        return await people.drive(_ERRANDS[kind], **more)
    if kind == "pages":
        return await pages.drive(**more)
    if kind == "listen":
        more["look"], more["changes"] = more["look"].encode(), [change.encode() for change in more["changes"]]
        return await listen.drive(**more)
    more["requests"] = [request.encode() for request in more["requests"]]
    return await single.drive(**more)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    Path(sys.argv[2]).write_text(json.dumps(uvloop.run(_run(job)).as_dict()))


if __name__ == "__main__":
    main()
