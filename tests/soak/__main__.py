"""`python -m tests.soak` (`make soak`): a long time at 70 % of what the machine can do, looked at minute by minute."""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cost import processes_of
from tests.concurrency.servers import GUARDED, Servers, running_servers
from tests.proofs.workers import TEMPLATE, proving_ground
from tests.soak.drive import Tally, as_fast_as_it_goes, so_many_a_second
from tests.soak.table import HEAD, line, tables
from tests.soak.verdict import complaints
from tests.soak.visits import Line, Town, take_one
from tests.soak.watch import Parts, Sample, take
from tests.support.invariants import violations

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "soak.json"
SHARE = 0.7
PEOPLE, ITEMS, VISITORS = 3000, 33, 48
_PLENTY = 1_000_000
_ENVIRON = {"CHENGTUAN_FLASH_HOLDS_PER_SECOND": "2000", "CHENGTUAN_FLASH_TICKETS_PER_ADDRESS": "1000000"}
"""The whole town has one address, and nobody queues."""
_SAMPLES_OF_A_SHORT_RUN = 20


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 if nothing failed and nothing grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--rate", type=float, help="visits a second, instead of a share of what the machine can do")
    parser.add_argument("--out", type=Path, help=f"the file to write (half an hour or more: {RESULTS.name})")
    options = parser.parse_args(words)
    with proving_ground() as (cluster, folder):
        assert cluster.pid is not None
        run = Run(options.minutes, options.rate, cluster.pid)
        found = asyncio.run(_soak(run, cluster.dsn(TEMPLATE), folder / "soak"))
    errors = [f"{count} x {what}" for what, count in run.tally.errors.most_common()]
    for each in (*tables(run.samples), *errors, *found):
        _say(each)
    _say("nothing failed, and nothing grows that should not" if not found else "SOMETHING IS WRONG")
    out = options.out or (RESULTS if options.minutes >= 30 else None)
    if out is not None:
        _write(out, run, found)
    return 1 if found else 0


@dataclass
class Run:
    """`rate`: visits a second, unknown at first; `postgres` is its postmaster's id."""

    minutes: float
    rate: float | None
    postgres: int
    tally: Tally = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)


async def _soak(run: Run, url: str, folder: Path) -> list[str]:
    """What is wrong."""
    folder.mkdir()
    async with running_servers(url, folder, program=GUARDED, items=ITEMS, doors=1, environ=_ENVIRON) as servers:
        town = await _found_a_town(servers)
        if run.rate is None:
            most = await as_fast_as_it_goes(town, VISITORS, min(60.0, run.minutes * 6))
            run.rate = most * SHARE
            _say(f"{most:.1f} visits a second are what the machine can do; {run.rate:.1f} from here on\n")
        await _watched(run, town, servers, run.rate)
        town.shop.close()
        town.cashier.close()
    return [*complaints(run.samples), *violations(url, settled=False)]


async def _found_a_town(servers: Servers) -> Town:
    for item in servers.items:
        await servers.stock(item, _PLENTY)
    sale, sold_out = [
        await servers.flash_sale(item, units, per_user_limit=3)
        for item, units in zip(servers.items, (_PLENTY // 2, 1), strict=False)
    ]
    campaign = await servers.campaign(servers.items[2], 2)
    sandbox_port = int(servers.sandbox_url.rpartition(":")[2])
    people = servers.crowd(PEOPLE)
    town = Town(Line(servers.ports[0]), Line(sandbox_port), servers.items, people, sale, sold_out, campaign)
    await take_one(town, people[0], servers.items[1], sold_out)
    return town


async def _watched(run: Run, town: Town, servers: Servers, rate: float) -> None:
    """A sample a minute; of a short run more of them."""
    seconds, tally, samples = run.minutes * 60, run.tally, run.samples
    every_s = min(60.0, seconds / _SAMPLES_OF_A_SHORT_RUN)
    url, parts = servers.environ["CHENGTUAN_DATABASE_URL"], _parts(run.postgres)
    load = asyncio.create_task(so_many_a_second(town, rate, tally))
    began = time.monotonic()
    _say(HEAD)
    town.shop.took.clear()
    while (at_s := time.monotonic() - began) < seconds:
        await asyncio.sleep(min(every_s, max(0.1, seconds - at_s)))
        took, town.shop.took = town.shop.took, []
        at_s = time.monotonic() - began
        seen = await asyncio.to_thread(take, parts, url, at_s=at_s, visits=tally.visits, errors=tally.failed, took=took)
        _say(line(seen, samples[-1] if samples else None))
        samples.append(seen)
    load.cancel()
    await asyncio.gather(load, return_exceptions=True)


def _parts(postgres: int) -> Parts:
    """Of our children one serves, and one is the sandbox."""
    found = {name: pid for pid in processes_of(os.getpid()) for name in ("serve", "sandbox") if name in _program(pid)}
    return Parts(found["serve"], found["sandbox"], postgres)


def _program(pid: int) -> str:
    """`serve` or `sandbox` for those that we started as such; children of theirs have no name of their own."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return " ".join(words) if parent == os.getpid() else ""


def _write(out: Path, run: Run, found: Sequence[str]) -> None:
    document = {
        "at": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "visits_a_second": round(run.rate or 0, 1),
        "complaints": list(found),
        "samples": [sample.as_json() for sample in run.samples],
    }
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    _say(f"written to {out}")


def _say(line_: str) -> None:
    sys.stdout.write(f"{line_}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
