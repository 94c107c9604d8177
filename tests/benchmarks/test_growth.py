"""What the measurement of growth says of its figures. It asserts no speed."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.growth.fill import Size, short
from benchmarks.growth.report import Curve, plot, read, section, show, write
from benchmarks.growth.watch import Watch

SIZES = (Size(1_000, 10_000, 10), Size(10_000, 100_000, 1_000))
CURVES = [
    Curve("flat", [2.0, 2.2], [3.0, 3.1], [40, 44]),
    Curve("walks", [2.0, 9.0], [3.0, 12.0], [40, 4000]),
    Curve("verify", [100.0, 1000.0], [100.0, 1000.0], [], linear=True),
]


@pytest.mark.parametrize(
    ("ms", "pages", "remark"),
    [
        ((2, 2.5), (40, 400), ""),
        ((2, 9), (40, 41), ""),
        ((2, 9), (40, 400), "grows"),
        ((2, 9), (), "grows"),
    ],
)
def test_what_grows_takes_longer_and_reads_more(ms: tuple[float, ...], pages: tuple[int, ...], remark: str) -> None:
    assert Curve("a look", ms, ms, pages).remark == remark


def test_what_is_written_is_shown_again(tmp_path: Path) -> None:
    out = tmp_path / "growth.json"
    write(out, "a machine", "abc", SIZES, CURVES)
    _, sizes, curves = read(out)
    assert (tuple(sizes), curves) == (SIZES, CURVES)
    assert "walks" in show(sizes, curves)
    text = section(out, "growth.svg")
    assert "| walks | 2.0 | 9.0 | 4.50 | 12.0 | 40 → 4000 | grows |" in text
    assert "looks at everything" in text


def test_the_plot_has_a_line_for_each_look_that_may_not_grow() -> None:
    lines = [part for part in ET.fromstring(plot(SIZES, CURVES)).iter() if part.tag.endswith("polyline")]
    assert [line[0].text for line in lines] == ["flat", "walks"]


def test_rows_and_pages_are_told_by_the_plans_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("before\n")
    watch = Watch("", log)
    mark = watch.mark()
    inner = {"Node Type": "Seq Scan", "Relation Name": "refund", "Actual Rows": 2, "Actual Loops": 3}
    plan = {
        "Node Type": "Limit",
        "Shared Hit Blocks": 5,
        "Shared Read Blocks": 2,
        "Plans": [inner | {"Rows Removed by Filter": 4}],
    }
    logged = json.dumps({"Query Text": "select\n1", "Plan": plan}, indent=2)
    with log.open("a") as opened:
        opened.write(f"LOG:  duration: 1.5 ms  plan:\n{logged}\nsomething else\nLOG: plan:\n{{ half")
    looked = watch.since(mark)
    assert (looked.pages, looked.rows) == (7, {"refund": 18})
    assert looked.worst.startswith("select\n1")


def test_sizes_are_told_in_short() -> None:
    assert [short(number) for number in (10, 1_000, 2_500_000)] == ["10", "1 k", "2.5 M"]
