"""Modules look alike, SQL stays in rows, and no machine leaves traces."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chengtuan.apps.registry import MANIFESTS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "chengtuan"
MODULES = SOURCE / "modules"
_SQL = re.compile(r"\s*(select|insert into|update|delete from|with)\s+\w", re.IGNORECASE)
_SQL_SECOND = re.compile(r"\b(from|into|set|values|where|returning|as)\b", re.IGNORECASE)
_TIME_IN_SQL = re.compile(r"\bnow\(\)|\bcurrent_timestamp\b|\bclock_timestamp\(\)", re.IGNORECASE)
_VAGUE = {"utils.py", "helpers.py", "common.py", "manager.py", "service.py", "misc.py"}


def strings(text: str) -> Iterator[str]:
    """String constants that are no docstrings."""
    tree = ast.parse(text)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def sql_in(text: str) -> list[str]:
    return [each for each in strings(text) if _SQL.match(each) and _SQL_SECOND.search(each)]


def keeps_sql(path: Path) -> bool:
    """Whether SQL may stand there: in the rows of a module or a package, and where tables are made."""
    inside = path.relative_to(MODULES).parts[1:] or ("",)
    named = {"rows", "rows.py", "models.py", "models", "migrations"}
    return inside[0] in named or inside[1:2] in {("rows",), ("rows.py",)}


def tracked() -> list[Path]:
    """What git keeps, and would keep if it were asked now."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_is_called_after_nothing() -> None:
    assert [path for path in SOURCE.rglob("*.py") if path.name in _VAGUE] == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_modules_look_alike(manifest: object) -> None:
    name = getattr(manifest, "name", "")
    folder = MODULES / name
    names = {path.stem for path in folder.iterdir()}
    assert {"README", "module", "context", "models", "migrations"} <= names
    rooms = {"rows", "http", "usecases"}
    assert rooms <= names or not rooms & names, "in rooms, or in packages that have them"
    assert getattr(manifest, "facade", None) is None or {"facade", "binding"} <= names
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# {name}\n")
    assert all(word in readme for word in ("States", "Invariants", "Calls out")) or name in {"fulfilment", "messaging"}
    assert len(readme.splitlines()) <= 60, "one page"


ROOMS = {"__init__", "http", "usecases", "moves", "rows", "rules"}
AS_A_WHOLE = {
    *("README", "__init__", "module", "context", "binding", "jobs", "job_kinds", "subscribers", "settings", "problems"),
    *("models", "migrations", "facade", "states", "limits", "locks", "topics"),
}
"""What a module is as a whole; everything else has a room."""


def without_a_room(paths: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What lies loose in a module, or in a package of one (`events` are rows as other modules see them,
    `problems` what can go wrong there)."""
    packages = {path[:2] for path in paths if len(path) > 2 and path[1] not in ROOMS | AS_A_WHOLE}
    loose = [path for path in paths if len(path) == 2 and path[1] not in ROOMS | AS_A_WHOLE]
    return sorted(
        loose + [path for path in paths if path[:2] in packages and path[2] not in ROOMS | {"events", "problems"}]
    )


def files_of_modules() -> set[tuple[str, ...]]:
    return {
        path.relative_to(MODULES).with_suffix("").parts
        for path in MODULES.rglob("*.*")
        if path.suffix in {".py", ".md"} and path.parent != MODULES
    }


def test_everything_has_a_room() -> None:
    files = files_of_modules()
    assert len(files) > 400
    assert without_a_room(files) == []


@pytest.mark.parametrize("path", [("catalog", "remaking"), ("accounts", "staff", "passwords"), ("messaging", "pace")])
def test_a_loose_file_would_be_seen(path: tuple[str, ...]) -> None:
    assert path in without_a_room(files_of_modules() | {path})


def test_every_module_is_registered() -> None:
    assert {path.parent.name for path in MODULES.glob("*/module.py")} == {manifest.name for manifest in MANIFESTS}


def test_use_cases_are_verbs_with_a_noun() -> None:
    files = [path.stem for path in MODULES.glob("**/usecases/*.py") if path.stem != "__init__"]
    assert files
    assert [name for name in files if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name)] == []


def test_sql_lives_in_rows() -> None:
    found = {
        str(path.relative_to(MODULES)): sql
        for path in MODULES.rglob("*.py")
        if not keeps_sql(path) and (sql := sql_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}


_REAL_TIME = ["platform/pace.py"]
"""A partner's limit counts in real time, of which machines have to have one idea."""


def test_sql_asks_no_clock() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(_TIME_IN_SQL.search(each) for each in sql_in(path.read_text(encoding="utf-8")))
    ]
    assert found == _REAL_TIME


@pytest.mark.parametrize(
    "text",
    [
        'x = "select id from orders"',
        'f("UPDATE stock set a = 1")',
        'q = "with t as (select 1) insert into u values (1)"',
    ],
)
def test_sql_would_be_seen(text: str) -> None:
    """The control of the two tests above."""
    assert sql_in(text)
    assert not sql_in('"""select what you like from this docstring"""')
    assert not sql_in('title = "Select a product"')


# Written in pieces, so that this file does not find itself.
_TRACES = re.compile(
    "|".join(
        (
            r"/wo" + "rk/",
            r"/tm" + "p/plan",
            r"pypi" + r"\.org",
            r"files\.python" + "hosted",
            r"registry\.npm" + "js",
            r"npm" + "mirror",
            r"/ro" + "ot/",
            r"\.inter" + r"nal[:/]",
        )
    )
)


def test_no_machine_and_no_registry_leaves_traces() -> None:
    found = {}
    for path in tracked():
        if path.suffix in {".png", ".webp", ".ico", ".jpg"} or path == Path(__file__):
            continue
        if lines := traces(path.read_text(encoding="utf-8", errors="replace")):
            found[str(path.relative_to(ROOT))] = lines[:3]
    assert found == {}


def traces(text: str) -> list[str]:
    return [found[0] for found in _TRACES.finditer(text)]


def test_a_trace_would_be_seen() -> None:
    assert traces("cd /wo" + "rk/main")
    assert traces("https://pypi" + ".org/simple")
    assert not traces("make it work/rest")


def opens_database(text: str) -> bool:
    """A route that reads or writes by itself instead of calling one use case."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"read", "write"}
        and ast.unparse(node.value).endswith("database")
        for node in ast.walk(ast.parse(text))
    )


def test_routes_call_use_cases() -> None:
    culprits = [path for path in MODULES.glob("**/http/**/*.py") if opens_database(path.read_text(encoding="utf-8"))]
    assert culprits == []


def test_a_route_that_reads_by_itself_would_be_seen() -> None:
    assert opens_database("async def route():\n    async with ctx.database.read() as db:\n        await rows(db)")
    assert not opens_database("async def route():\n    return await read_order(ctx, order_id)")
