"""Writes docs/reference/features.md: every row of features.toml with the tests that name it."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
_CLIENT_TESTS = re.compile(r"^\s*// feature: (.+)$", re.MULTILINE)
_INTRO = """# What is there, feature by feature

The list that the product is built to: what a row means, how far it is, where its user meets it, and the tests that show
it, journeys first. Written by `make docs` from `docs/reference/features.toml` and from the tests that name a row; a row
that works, or partly, has such a test, and `make test` sees to that. A row changes in the same commit as its feature.
"""


@dataclass(frozen=True)
class Row:
    """One feature. `state` is `works`, `partly` or empty; `where` says in words what is no page and no route."""

    id: str
    name: str
    state: str = ""
    missing: str = ""
    shop: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    api: list[str] = field(default_factory=list)
    where: str = ""


@dataclass(frozen=True)
class Features:
    """Rows in the order of their numbers. `parts`: the row that each part begins with, and its title."""

    rows: list[Row]
    parts: Mapping[str, str]


def read_features(folder: Path = ROOT) -> Features:
    document = tomllib.loads((folder / "docs" / "reference" / "features.toml").read_text(encoding="utf-8"))
    parts = document.pop("parts")
    return Features([Row(id=number, **values) for number, values in document.items()], parts)


def marks(folder: Path = ROOT) -> dict[str, list[str]]:
    """Row → the files of tests that name it, journeys first."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (folder / "tests").rglob("test_*.py"):
        for number in marks_in_python(path.read_text(encoding="utf-8")):
            found[number].add(str(path.relative_to(folder)))
    for path in _client_tests(folder / "clients"):
        for number in marks_in_client(path.read_text(encoding="utf-8")):
            found[number].add(str(path.relative_to(folder)))
    return {number: sorted(files, key=lambda file: ("/journeys/" not in file, file)) for number, files in found.items()}


def _client_tests(folder: Path) -> Iterator[Path]:
    """Wherever a client keeps them, beside its sources or apart."""
    for inside in ("src", "test", "tests"):
        for sources in folder.glob(f"*/{inside}"):
            yield from sources.rglob("*.test.ts")


def marks_in_python(text: str) -> Iterator[str]:
    """The arguments of each `pytest.mark.feature(…)`."""
    for node in ast.walk(ast.parse(text)) if "mark.feature" in text else ():
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.feature":
            yield from (str(ast.literal_eval(argument)) for argument in node.args)


def marks_in_client(text: str) -> Iterator[str]:
    """The numbers in comments like `// feature: F11, F12`."""
    for line in _CLIENT_TESTS.findall(text):
        yield from re.split(r"[,\s]+", line.strip())


def page(features: Features, tests: Mapping[str, list[str]]) -> str:
    lines = [_INTRO, "| | feature | state | where its user meets it | what shows it |", "|---|---|---|---|---|"]
    for row in features.rows:
        if title := features.parts.get(row.id):
            lines.append(f"| | **{title}** | | | |")
        shown = ", ".join(f"`{file}`" for file in tests.get(row.id, []))
        lines.append(f"| {row.id} | {row.name} | {_state(row)} | {_place(row)} | {shown} |")
    count = {state: sum(row.state == state for row in features.rows) for state in ("works", "partly", "")}
    lines.append(f"\n{count['works']} rows work, {count['partly']} partly, {count['']} have not been begun.\n")
    return "\n".join(lines)


def _state(row: Row) -> str:
    return f"partly: {row.missing}" if row.state == "partly" else row.state


def _place(row: Row) -> str:
    places = [f"{name}: {', '.join(pages)}" for name, pages in (("shop", row.shop), ("console", row.console)) if pages]
    return "; ".join([*places, *(f"`{route}`" for route in row.api), *([row.where] if row.where else [])])


def main() -> None:
    target = ROOT / "docs" / "reference" / "features.md"
    target.write_text(page(read_features(), marks()), encoding="utf-8")
    print(f"wrote {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
