"""What is said of two sides that were measured: a difference is one only beyond the noise."""

import json
from pathlib import Path

import pytest

from benchmarks.compare import CannotCompare, checked_out, compared, show
from benchmarks.cost import Cost
from benchmarks.idle import Idle
from benchmarks.results import Results, Row, Run, read, write
from benchmarks.table import as_markdown

BASE = [100.0, 104.0, 98.0, 101.0, 99.0]


@pytest.mark.parametrize(
    ("here", "words"),
    [
        ([101.0, 100.0, 99.0, 103.0, 97.0], "within the noise"),
        ([103.0, 100.0, 101.0, 104.0, 98.0], "within the noise"),
        ([150.0, 149.0, 152.0, 148.0, 151.0], "better"),
        ([80.0, 79.0, 82.0, 300.0, 81.0], "WORSE"),
        ([150.0, 80.0, 200.0, 60.0, 120.0], "within the noise"),
        ([150.0, 151.0], "too few runs"),
    ],
    ids=["the same", "a little", "more", "less, with one that is far out", "more, but anything may be", "few"],
)
def test_a_difference_counts_beyond_the_noise(here: list[float], words: str) -> None:
    assert compared(BASE, here).words(more_is_better=True) == words


def test_less_is_better_of_costs() -> None:
    assert compared([2.0, 2.1, 2.0], [1.0, 1.1, 1.0]).words(more_is_better=False) == "better"
    assert compared([1.0, 1.1, 1.0], [2.0, 2.1, 2.0]).words(more_is_better=False) == "WORSE"


def test_something_that_cost_nothing_before_is_worse() -> None:
    assert compared([0.0] * 3, [0.5] * 3).words(more_is_better=False) == "WORSE"
    assert compared([0.0] * 3, [0.0] * 3).words(more_is_better=False) == "within the noise"


def _run(rate: float, server_ms: float) -> Run:
    row = Row("submit_order", 64, rate, 1.0, 2.0, "bare_post", 10_000.0, rate / 10_000)
    cost = Cost(server_ms, 0.1, 0.0, 0.0, 0.1, 3.0, 0.1, 2000.0)
    return Run([row], {"submit_order": cost, "bare_post": cost}, Idle(1.0, 5.0, 3.0, 0, 100.0, 0.9))


def test_results_are_kept_and_read_again(tmp_path: Path) -> None:
    results = Results("abc", "a machine", [_run(900.0, 1.0), _run(1100.0, 1.5), _run(1000.0, 1.25)])
    write(tmp_path / "kept.json", results)
    assert read(tmp_path / "kept.json") == results
    middle = results.middle()
    assert (middle.rows[0].rps, middle.costs["submit_order"].server_ms) == (1000.0, 1.25)


def test_a_file_of_something_else_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text(json.dumps({"commit": "abc", "machine": "one", "rows": []}))
    with pytest.raises(ValueError, match="no runs"):
        read(tmp_path / "other.json")


def test_two_sides_are_shown_line_by_line() -> None:
    base = Results("abc", "a machine", [_run(1000.0 + n, 1.0) for n in range(3)])
    here = Results("def", "a machine", [_run(2000.0 + n, 1.0) for n in range(3)])
    lines = show(base, here).splitlines()
    rate, server = (next(line for line in lines if what in line) for what in ("per s", "server ms"))
    assert rate.endswith("better")
    assert server.endswith("within the noise")
    assert "another machine" not in lines[1]
    assert "another machine" in show(base, Results("def", "this machine", here.runs))


def test_the_page_about_speed_has_each_workload_with_its_limits_and_costs() -> None:
    text = as_markdown(Results("abc", "a machine", [_run(1000, 0.5), _run(3000, 0.7), _run(2000, 0.6)]))
    assert "Measured at abc on a machine; medians of 3 runs." in text
    assert "| `submit_order` | 2,000 |" in text
    assert "| `submit_order` | 0.600 |" in text


def test_what_is_no_commit_is_told(tmp_path: Path) -> None:
    there = checked_out("no-such-commit", tmp_path / "there")
    with pytest.raises(CannotCompare, match="neither a file nor a commit"), there:
        pass
