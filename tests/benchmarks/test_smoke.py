"""The benchmark runs, checks what it did and writes what others read. It asserts no speed."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
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
    names = ["product_read", "group_read", "submit_order", "join_seat", "join_seat_spread", "join_group_spread"]
    pace = ["--seconds", "0.3", "--warmup", "0.1", "--concurrency", "4", "--groups", "70"]
    main([*pace, "--out", str(out), "--only", *names])
    document = json.loads(out.read_text())
    assert set(document) == {"commit", "machine", "rows"}
    assert [(row["workload"], row["limit"]) for row in document["rows"]] == [
        (name, limit) for name in names for limit in ("bare_json", "pgbench")
    ]
    columns = {"workload", "concurrency", "rps", "p50_ms", "p99_ms", "limit", "limit_rps", "ratio"}
    for row in document["rows"]:
        assert set(row) == columns
        assert row["rps"] > 0, row
        assert row["limit_rps"] > 0, row
        assert row["p99_ms"] >= row["p50_ms"] > 0, row


@pytest.mark.slow
@pytest.mark.postgres
def test_a_large_shelf_is_measured_beside_a_small_one(capsys: pytest.CaptureFixture[str]) -> None:
    compare_shelves(["--products", "30", "60", "--rounds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert {line[:34].strip() for line in lines} >= {*QUERIES, "the 95th page"}
