"""Starts the load generator's process and reads what it measured."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cost import Cost, Gauge
from benchmarks.load.meter import Result


class LoadFailed(Exception):
    """The load generator ended without a result; the message is what it said."""


@dataclass(frozen=True)
class Pace:
    """How hard and how long."""

    concurrency: int
    warmup_s: float
    seconds: float | None


@dataclass
class Generator:
    """`folder` takes the job's file; `cost` is what one unit of the latest load cost, those of its warm-up included."""

    folder: Path
    port: int
    sandbox_port: int
    gauge: Gauge
    cost: Cost | None = None

    def repeat(self, requests: list[bytes], pace: Pace) -> Result:
        """The same requests again and again."""
        return self._run({"kind": "repeat", "requests": [each.decode() for each in requests]}, pace)

    def once(self, requests: list[bytes], pace: Pace) -> Result:
        """Each request once, until the time or the requests are over."""
        return self._run({"kind": "once", "requests": [each.decode() for each in requests]}, pace)

    def purchase(self, buyers: list[dict[str, Any]], pace: Pace) -> Result:
        """Each buyer buys and pays once, until the time or the buyers are over."""
        return self._run({"kind": "purchase", "buyers": buyers, "sandbox_port": self.sandbox_port}, pace)

    def _run(self, job: dict[str, Any], pace: Pace) -> Result:
        job |= {"port": self.port, **vars(pace)}
        path = self.folder / "job.json"
        path.write_text(json.dumps(job))
        before = self.gauge.read()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LoadFailed(done.stderr[-2000:])
        result = Result(**json.loads(done.stdout))
        self.cost = self.gauge.read().of_each(before, sum(result.answers.values()))
        return result
