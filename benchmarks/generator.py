"""Starts the load generator's process and reads what it measured."""

import json
import subprocess
import sys
from collections.abc import Callable
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
    """`folder` takes the files of job and result.

    `cost` is what a unit of the latest load cost, those of its warm-up included; `before` and `units` are that load's.
    """

    folder: Path
    port: int
    sandbox_port: int
    gauge: Gauge
    cost: Cost | None = None
    before: Cost | None = None
    units: int = 0

    def repeat(self, requests: list[bytes], pace: Pace) -> Result:
        """The same requests again and again."""
        return self._run("single", pace, once=False, requests=[each.decode() for each in requests])

    def once(self, requests: list[bytes], pace: Pace, *, keep: bool = False) -> Result:
        """Each request once, until the time or the requests are over; `keep` what was answered."""
        return self._run("single", pace, once=True, keep=keep, requests=[each.decode() for each in requests])

    def purchase(self, buyers: list[dict[str, Any]], pace: Pace) -> Result:
        """Each buyer buys and pays once, until the time or the buyers are over."""
        return self._run("purchase", pace, buyers=buyers, sandbox_port=self.sandbox_port)

    def flash(self, buyers: list[dict[str, Any]], pace: Pace) -> Result:
        """Each buyer holds a unit of a flash sale and waits for the order, until the time or the buyers are over."""
        return self._run("flash", pace, buyers=buyers, sandbox_port=self.sandbox_port)

    def pages(self, path: str, token: str, pace: Pace) -> Result:
        """A list is read to its end, again and again; its units are items."""
        return self._run("pages", pace, path=path, token=token)

    def listen(self, look: bytes, changes: list[bytes], pace: Pace) -> Result:
        """As many as `concurrency` listen to a stream while one change after the other is made."""
        job = {"listeners": pace.concurrency, "look": look.decode(), "changes": [each.decode() for each in changes]}
        return self._drive({"kind": "listen", "warmup_s": pace.warmup_s, "seconds": pace.seconds} | job)

    def _run(self, kind: str, pace: Pace, **more: Any) -> Result:
        return self._drive({"kind": kind} | vars(pace) | more)

    def followed_by(self, what: Callable[[], None], units: int | None = None) -> Cost:
        """What a unit of the latest load cost with all that follows it; of so many units, if not of its answers."""
        assert self.before is not None
        what()
        return self.gauge.read().of_each(self.before, units or self.units)

    def _drive(self, job: dict[str, Any]) -> Result:
        path, answer = self.folder / "job.json", self.folder / "result.json"
        path.write_text(json.dumps(job | {"port": self.port}))
        command = [sys.executable, "-m", "benchmarks.load", str(path), str(answer)]
        self.before = self.gauge.read()
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise LoadFailed(done.stderr[-2000:])
        result = Result(**json.loads(answer.read_text()))
        self.units = sum(result.answers.values())
        self.cost = self.gauge.read().of_each(self.before, self.units)
        return result
