"""The benchmark runs, checks what it did and writes what others read. It asserts no speed."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.cost import Cost, Gauge
from benchmarks.idle import Idle
from benchmarks.load.meter import Meter
from benchmarks.shelf import main as compare_shelves
from tests.support.many_products import QUERIES


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
def test_every_kind_of_workload_is_measured_beside_both_limits(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    names = [
        "home_read",
        "search_read",
        "product_read",
        "group_read",
        "submit_order",
        "join_seat",
        "join_seat_spread",
        "join_group_spread",
    ]
    pace = ["--seconds", "0.3", "--warmup", "0.1", "--concurrency", "4", "--groups", "70"]
    main([*pace, "--out", str(out), "--only", *names[:2], ",".join(names[2:])])
    document = json.loads(out.read_text())
    assert set(document) == {"commit", "machine", "rows", "costs", "idle"}
    assert [(row["workload"], row["limit"]) for row in document["rows"]] == [
        (name, limit) for name in names for limit in ("bare_json", "pgbench")
    ]
    assert set(document["idle"]) == {field.name for field in fields(Idle)}
    assert document["idle"]["sessions"] == 0
    assert document["idle"]["memory_mb"] > 10
    columns = {"workload", "concurrency", "rps", "p50_ms", "p99_ms", "limit", "limit_rps", "ratio"}
    for row in document["rows"]:
        assert set(row) == columns
        assert row["rps"] > 0, row
        assert row["limit_rps"] > 0, row
        assert row["p99_ms"] >= row["p50_ms"] > 0, row
    costs = {cost.pop("workload"): cost for cost in document["costs"]}
    assert list(costs) == ["bare_json", *names]
    for name, cost in costs.items():
        assert set(cost) == {field.name for field in fields(Cost)}
        assert cost["server_ms"] > 0, name
        writes, pays = not name.endswith(("_read", "_json")), name.startswith("join_group")
        assert (cost["transactions"] > 0.01) is writes, name
        assert (cost["wal_bytes"] > 500) is writes, name
        assert cost["postgres_ms"] > 0 or not writes, name
        assert cost["sandbox_ms"] > 0 or not pays, name


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
    assert 350 <= cost.server_ms < 1000, "twice 200, in whole ticks"
    assert cost.sandbox_ms < 150
    assert cost.postgres_ms >= cost.server_ms, "both are children of this process"


def test_a_unit_costs_its_share_of_what_came_since() -> None:
    before, after = Cost(1, 2, 3, 4, 5, 6, 7), Cost(11, 12, 3, 4, 5, 16, 1007)
    assert after.of_each(before, 10) == Cost(1, 1, 0, 0, 0, 1, 100)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_large_shelf_is_measured_beside_a_small_one(capsys: pytest.CaptureFixture[str]) -> None:
    compare_shelves(["--products", "30", "60", "--rounds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert {line[:34].strip() for line in lines} >= {*QUERIES, "the 95th page"}
