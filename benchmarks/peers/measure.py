"""One peer, whole: started in each of its arrangements, measured, crowded, and looked into."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.generator import LoadFailed, Pace
from benchmarks.peers.peer import CROWD, STOCK, Filled, Peer, Workload
from benchmarks.peers.site import Command, Running, Site

_PROBES = 4
_SETTLED_S = 1.0


@dataclass(frozen=True)
class Measured:
    """The best of the tries at one workload. Processor time, bytes of the last answer and SQL are of one unit; 0 where
    what is not measured cannot be told apart.
    """

    arrangement: str
    concurrency: int
    rps: float
    p50_ms: float
    p99_ms: float
    answers: dict[str, int]
    server_ms: float
    postgres_ms: float
    bytes: int
    statements: float = 0.0


@dataclass(frozen=True)
class Crowd:
    """What became of little stock: `told` counts the answers, the others are what the database says afterwards."""

    stock: int
    buyers: int
    told: int
    sold: int
    allocated: int
    left: int
    seconds: float
    answers: dict[str, int]

    @property
    def oversold(self) -> bool:
        return max(self.sold, self.allocated) > self.stock


@dataclass(frozen=True)
class Stand:
    """A peer that runs: how it is reached, and what it uses."""

    site: Site
    server: Running
    postgres: Running

    def drive(self, workload: Workload, pace: Pace) -> dict[str, Any]:
        """What the load generator said, and what a unit cost. Raises LoadFailed."""
        job = {
            "port": self.site.port,
            "before": [asdict(step) for step in workload.before],
            "steps": [asdict(step) for step in workload.steps],
            "visitors": list(workload.visitors),
            "again": workload.again,
            **vars(pace),
        }
        path = self.site.data / "job.json"
        path.write_text(json.dumps(job))
        before = self.server.spent_ms(), self.postgres.spent_ms()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.peers.load", str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise LoadFailed(done.stderr[-2000:])
        result: dict[str, Any] = json.loads(done.stdout)
        if result["unprepared"]:
            print(f"  not prepared: {len(result['unprepared'])}, such as {result['unprepared'][0]}", flush=True)
        units = sum(result["answers"].values()) if not workload.before else 0  # nobody can tell the two apart
        result["server_ms"] = _each(self.server.spent_ms() - before[0], units)
        result["postgres_ms"] = _each(self.postgres.spent_ms() - before[1], units)
        return result


def _each(spent: float, units: int) -> float:
    return spent / units if units else 0.0


@dataclass(frozen=True)
class How:
    """What is tried, and how long: the time of a pace, or `units`, which tell costs on a machine that has no time."""

    paces: Sequence[Pace]
    arrangements: int
    only: Sequence[str] = ()
    units: int | None = None

    def wants(self, workload: str) -> bool:
        return not self.only or workload in self.only

    def drive(self, stand: Stand, workload: Workload, pace: Pace) -> dict[str, Any]:
        if self.units is None:
            return stand.drive(workload, pace)
        so_many, here = Pace(pace.concurrency, 0, None), list(workload.visitors)
        stand.drive(
            replace(workload, visitors=here[-_PROBES:], again=False), so_many
        )  # the first are slower everywhere
        some = (here * (self.units // len(here) + 1))[: self.units]
        return stand.drive(replace(workload, visitors=some, again=False), so_many)


@dataclass(frozen=True)
class Round:
    """A peer whose shop is filled, and what is known of it so far. `shared` runs beside every arrangement."""

    peer: Peer
    site: Site
    filled: Filled
    shared: Running
    how: How
    best: dict[str, Measured] = field(default_factory=dict)

    @contextlib.contextmanager
    def stand(self, arrangement: str) -> Iterator[Stand]:
        """The peer runs inside."""
        postmaster = self.site.cluster.pid
        assert postmaster is not None
        with self.site.running(self.peer.commands(self.site, arrangement)) as own:
            yield Stand(self.site, Running([*own.roots, *self.shared.roots]), Running([postmaster]))

    def try_out(self, arrangement: str) -> None:
        """Every workload at every pace; what did best before may be beaten."""
        with self.stand(arrangement) as stand:
            for name, workload in self.peer.workloads(self.filled).items():
                for pace in self.how.paces if self.how.wants(name) else ():
                    found = _measured(arrangement, pace.concurrency, self.how.drive(stand, workload, pace))
                    say = f"  {arrangement}, {pace.concurrency} clients, {name}: {found.rps:.1f}/s"
                    print(say, found.answers, flush=True)
                    if name not in self.best or found.rps > self.best[name].rps:
                        self.best[name] = found

    def finish(self) -> Crowd:
        """The crowd, and what a unit asks of the database, in the arrangement that takes most orders."""
        arrangement = self.best["order"].arrangement if "order" in self.best else self.peer.arrangements[0]
        workloads = self.peer.workloads(self.filled)
        with self.stand(arrangement) as stand:
            for name, found in self.best.items():
                self.best[name] = replace(found, statements=_statements(stand, workloads[name]))
            return _crowd(self.peer, stand, self.filled)


def measure_peer(peer: Peer, site: Site, redis: Command, how: How) -> tuple[dict[str, Measured], Crowd]:
    """Filled, then every workload in every arrangement at every pace, and last the crowd."""
    print(f"{peer.title} {peer.version}: filling …", flush=True)
    with site.running([redis]) as shared:
        turn = Round(peer, site, peer.fill(site), shared, how)
        for arrangement in peer.arrangements[: how.arrangements]:
            turn.try_out(arrangement)
        crowd = turn.finish()
    return turn.best, crowd


def _measured(arrangement: str, concurrency: int, result: dict[str, Any]) -> Measured:
    """Only what was answered as it has to be counts."""
    told = result["answers"]
    good = told.get("ok", 0) / max(sum(told.values()), 1)
    return Measured(
        arrangement=arrangement,
        concurrency=concurrency,
        rps=result["rps"] * good,
        p50_ms=result["p50_ms"],
        p99_ms=result["p99_ms"],
        answers=told,
        server_ms=result["server_ms"],
        postgres_ms=result["postgres_ms"],
        bytes=result["bytes"],
    )


def _crowd(peer: Peer, stand: Stand, filled: Filled) -> Crowd:
    result = stand.drive(peer.crowd(filled), Pace(CROWD, 0, None))
    time.sleep(_SETTLED_S)
    after = peer.stock(stand.site, filled)
    told = result["answers"]
    seconds = sum(told.values()) / max(result["rps"], 1e-9)
    crowd = Crowd(STOCK, CROWD, told.get("ok", 0), after.sold, after.allocated, after.left, seconds, told)
    print(f"  {CROWD} buyers, {STOCK} units: {crowd}", flush=True)
    return crowd


def _statements(stand: Stand, workload: Workload) -> float:
    """SQL of one unit, as the database's log has it while one visitor after the other makes the steps."""
    if workload.before:
        return 0.0
    one, alone = replace(workload, visitors=workload.visitors[-_PROBES:], again=False), Pace(1, 0, None)
    stand.drive(one, alone)
    cluster = stand.site.cluster
    return count_statements(cluster.log, cluster.dsn(), lambda: stand.drive(one, alone)) / len(one.visitors)


def count_statements(log: Path, dsn: str, act: Callable[[], object]) -> float:
    """Statements that the whole cluster ran meanwhile."""
    _say_all(dsn, "all")
    began = log.stat().st_size
    try:
        act()
        time.sleep(_SETTLED_S)
    finally:
        _say_all(dsn, "none")
    with log.open("rb") as lines:
        lines.seek(began)
        return sum(1 for line in lines if b"LOG:  statement: " in line or b"LOG:  execute " in line)


def _say_all(dsn: str, what: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"alter system set log_statement = '{what}'".encode())
        connection.execute("select pg_reload_conf()")
    time.sleep(_SETTLED_S / 2)
