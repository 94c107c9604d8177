"""The benchmark runs, checks what it did and writes what others read. It asserts no speed."""

import contextlib
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.cost import Cost, Gauge
from benchmarks.load.meter import Meter
from benchmarks.results import read
from benchmarks.shelf import main as compare_shelves
from benchmarks.workloads import WORKLOADS
from tests.support.many_products import QUERIES

MEASURED = [
    "home_read",
    "group_read",
    "submit_order",
    "join_seat_spread",
    "join_group_spread",
    "group_formed",
    "flash_hold",
    "flash_refuse",
    "submit_flash",
    "sse_fanout",
    "console_orders",
    "console_search",
    "export_orders",
]
"""Those that are left out do the same in other numbers."""


def test_what_takes_longer_than_it_is_measured_is_waited_for_once() -> None:
    meter = Meter(0, 0.0)
    assert not meter.over()
    began = meter.began
    meter.finished(began, "ok")
    meter.finished(began, "ok")
    result = meter.result(ran_out=False)
    assert meter.over()
    assert result.answers == {"ok": 2}
    assert result.rps == pytest.approx(1 / (meter.last - began)), "only the first counts, over the whole time it took"


@pytest.mark.slow
@pytest.mark.postgres
def test_every_kind_of_workload_is_measured_beside_its_limits(tmp_path: Path) -> None:
    """And checked: a run ends with an error where the database does not hold what was answered."""
    out = tmp_path / "results.json"
    pace = ["--seconds", "0.2", "--warmup", "0.05", "--concurrency", "4", "--groups", "70", "--orders", "120"]
    main([*pace, "--out", str(out), "--only", *MEASURED[:2], ",".join(MEASURED[2:])])
    results = read(out)
    (run,) = results.runs
    limits = {name: [row.limit for row in run.rows if row.workload == name] for name in MEASURED}
    assert limits == {
        name: [workload.bare] + (["pgbench"] if workload.script else [])
        for name, workload in WORKLOADS.items()
        if name in MEASURED
    }
    for row in run.rows:
        assert min(row.rps, row.limit_rps, row.ratio) > 0, row
        assert row.p99_ms >= row.p50_ms > 0, row
    assert run.idle.sessions == 0
    assert set(run.costs) == {*MEASURED, "bare_json", "bare_post", "bare_stream ×8", "flash_hold + order"}
    for name, cost in run.costs.items():
        writes = WORKLOADS[name].makes is not None if name in WORKLOADS else name == "flash_hold + order"
        if writes and name != "flash_refuse":
            assert cost.transactions > 0.001, name
            assert cost.wal_bytes > 100, name
            assert cost.statements > 0.1, name


@pytest.mark.postgres
def test_processor_time_is_that_of_a_process_and_its_children(database_url: str) -> None:
    """Also of those that have ended; what others use is not counted."""
    spin = "import time\nwhile time.process_time() < 0.2: pass\n"
    busy = f"import subprocess, sys\n{spin}subprocess.run([sys.executable, '-c', {spin!r}])\nprint(flush=True)\ninput()"
    idle = "print(flush=True)\ninput()"
    commands = [[sys.executable, "-c", code] for code in (busy, idle)]
    with contextlib.ExitStack() as stack:
        server, sandbox = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for command in commands
        ]
        for process in (server, sandbox):
            assert process.stdout
            process.stdout.readline()
        cost = Gauge(server.pid, sandbox.pid, os.getpid(), database_url).read()
        for process in (server, sandbox):
            process.communicate(b"\n")
    assert cost.server_ms >= 350, "twice 200, in whole ticks"
    assert cost.sandbox_ms < cost.server_ms
    assert cost.postgres_ms >= cost.server_ms, "both are children of this process"


def test_a_unit_costs_its_share_of_what_came_since() -> None:
    count = len(fields(Cost))
    before, after = Cost(*range(count)), Cost(*(value + 10 for value in range(count)))
    assert after.of_each(before, 10) == Cost(*[1] * count)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_large_shelf_is_measured_beside_a_small_one(capsys: pytest.CaptureFixture[str]) -> None:
    compare_shelves(["--products", "30", "60", "--rounds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert {line[:34].strip() for line in lines} >= {*QUERIES, "the 95th page"}
