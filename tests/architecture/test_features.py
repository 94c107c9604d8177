"""The table of features says what is so: each row that works has its tests, and they meet it where it says."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from scripts.features import Features, Row, marks, marks_in_client, marks_in_python, page, read_features

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
STATES = {"works", "partly", ""}


def shop_pages() -> set[str]:
    text = (CLIENTS / "shop" / "src" / "pages.json").read_text(encoding="utf-8")
    document = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    packages = document.get("subPackages", [])
    paths = [
        *(page["path"] for page in document["pages"]),
        *(f"{package['root']}/{page['path']}" for package in packages for page in package["pages"]),
    ]
    return {re.sub(r"^pages[-/]|/index$", "", path) for path in paths}


def console_pages() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for path in (CLIENTS / "console" / "src").rglob("*.ts")]
    return {name for text in sources for name in re.findall(r"\bname: '([\w-]+)'", text)}


def routes() -> set[str]:
    described = json.loads((CLIENTS / "packages" / "api" / "openapi.json").read_text(encoding="utf-8"))
    return {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}


def faults(features: Features, tests: Mapping[str, list[str]], places: Mapping[str, set[str]]) -> list[str]:
    """What a row or a test claims that is not so."""
    known = {row.id for row in features.rows}
    found = [f"{files[0]} names {number}, which is no row" for number, files in tests.items() if number not in known]
    for row in features.rows:
        named = {"shop": row.shop, "console": row.console, "api": row.api}
        found += [f"{row.id}: no {kind} {name}" for kind in named for name in named[kind] if name not in places[kind]]
        found += _faults_of_state(row, row.id in tests)
    return found


def _faults_of_state(row: Row, shown: bool) -> list[str]:
    somewhere = row.shop or row.console or row.api or row.where
    wrong = {
        "is in a state that there is not": row.state not in STATES,
        "says that it works and no test shows it": bool(row.state) and not shown,
        "has not been begun and a test shows it": not row.state and shown,
        "does not say where its user meets it": bool(row.state) and not somewhere,
        "does not say what is missing": (row.state == "partly") != bool(row.missing),
    }
    return [f"{row.id} {fault}" for fault, is_so in wrong.items() if is_so]


def test_each_row_is_true_as_far_as_that_can_be_seen() -> None:
    places = {"shop": shop_pages(), "console": console_pages(), "api": routes()}
    assert all(len(names) > 10 for names in places.values()), "or this proves nothing"
    assert faults(read_features(), marks(), places) == []


def test_no_number_is_left_out() -> None:
    numbers = [row.id for row in read_features().rows if row.id.startswith("F")]
    assert numbers == [f"F{number}" for number in range(1, 108)]


def test_the_page_in_git_is_what_the_rows_and_the_tests_say() -> None:
    path = ROOT / "docs" / "reference" / "features.md"
    assert path.read_text(encoding="utf-8") == page(read_features(), marks()), "run `make docs`"


def test_every_false_claim_would_be_seen() -> None:
    rows = [
        Row("F1", "x", state="works", where="everywhere"),
        Row("F2", "x", state="done", shop=["nowhere"]),
        Row("F3", "x", state="partly", console=["orders"], api=["GET /nothing"]),
        Row("F4", "x"),
        Row("F5", "x", state="works"),
        Row("F6", "x", state="partly", missing="half", shop=["home"]),
    ]
    tests = {number: [f"tests/test_{number}.py"] for number in ("F2", "F3", "F4", "F5", "F6", "F7")}
    places = {"shop": {"home"}, "console": {"orders"}, "api": {"GET /something"}}
    assert faults(Features(rows, {}), tests, places) == [
        "tests/test_F7.py names F7, which is no row",
        "F1 says that it works and no test shows it",
        "F2: no shop nowhere",
        "F2 is in a state that there is not",
        "F3: no api GET /nothing",
        "F3 does not say what is missing",
        "F4 has not been begun and a test shows it",
        "F5 does not say where its user meets it",
    ]


def test_marks_are_found_in_both_languages() -> None:
    python = (
        'import pytest\npytestmark = [pytest.mark.feature("F1", "F2")]\n@pytest.mark.feature("F3")\ndef test_x(): ...\n'
    )
    assert sorted(marks_in_python(python)) == ["F1", "F2", "F3"]
    assert list(marks_in_client("  // feature: F4, F5\nit('// feature', () => {})\n")) == ["F4", "F5"]


def test_journeys_come_first(tmp_path: Path) -> None:
    for name in ("tests/api/test_a.py", "tests/journeys/test_z.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text('import pytest\n\n\n@pytest.mark.feature("F1")\ndef test_it() -> None: ...\n', encoding="utf-8")
    assert marks(tmp_path) == {"F1": ["tests/journeys/test_z.py", "tests/api/test_a.py"]}
