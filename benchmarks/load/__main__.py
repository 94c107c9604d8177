"""`python -m benchmarks.load JOB`: reads a job as JSON, drives its load, prints the result as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load import purchase, single
from benchmarks.load.meter import Result


async def _run(job: dict[str, Any]) -> Result:
    pace = {name: job[name] for name in ("port", "concurrency", "warmup_s", "seconds")}
    if job["kind"] == "purchase":
        buyers = [purchase.Buyer(**buyer) for buyer in job["buyers"]]
        return await purchase.drive(buyers, sandbox_port=job["sandbox_port"], **pace)
    requests = [request.encode() for request in job["requests"]]
    return await single.drive(requests, once=job["kind"] == "once", **pace)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(uvloop.run(_run(job)).as_dict()))


if __name__ == "__main__":
    main()
