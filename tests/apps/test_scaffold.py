"""A new module is complete from the start: it passes every check, and its routes work."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.scaffold import BadName, scaffold_module
from chengtuan.apps.scaffold.names import names_for
from chengtuan.apps.scaffold.words import CannotRegister

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "src" / "chengtuan" / "modules"
NAME = "paper_lanterns"
"""No module that anybody will make: these tests also pass in a checkout with a module just laid out."""
NEW = Path("src/chengtuan/modules") / NAME
UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", "node_modules")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout to be written into."""
    for folder in ("src", "deploy", "tests/support", "clients/shop/src/locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=UNWANTED)
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def run(copy: Path, *command: str, **environment: str) -> str:
    """A tool inside the copy; its output, which is the message if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def broken_contracts(copy: Path) -> list[str]:
    """Import contracts that the copy does not keep."""
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--no-cache"],
        cwd=copy,
        env={"PYTHONPATH": str(copy / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]


@dataclass(frozen=True)
class Laid:
    """What is laid out, how many of its tests pass, and a file that may not know its moves."""

    name: str
    tests: str
    passed: int
    low: str
    contract: str


INSIDE = "Inside a module: http > usecases > moves > rows > rules > facade"
LAID = [
    Laid(NAME, f"tests/modules/{NAME}", 5, f"{NAME}/rows.py", INSIDE),
    Laid(
        f"trade/{NAME}",
        f"tests/modules/trade/test_{NAME}.py",
        4,
        "trade/stock/moves.py",
        "Packages of trade import downwards only",
    ),
]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("laid", LAID, ids=lambda laid: laid.name)
def test_what_is_laid_out_passes_every_check_and_works(copy: Path, cluster: Cluster, laid: Laid) -> None:
    database = f"scaffolding_{laid.passed}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {database}".encode())
    changed = [str(path.relative_to(copy)) for path in scaffold_module(laid.name, copy) if path.suffix == ".py"]
    module = laid.name.partition("/")[0]
    written = run(
        copy,
        *("chengtuan.apps.cli", "revision", module, "its tables"),
        CHENGTUAN_DATABASE_URL=cluster.dsn(database),
    )
    assert f"{module}_00" in written
    run(copy, "ruff", "check", *changed)
    run(copy, "ruff", "format", "--check", *changed)
    run(copy, "mypy", *changed)
    assert f"{laid.passed} passed" in run(copy, "pytest", "-q", "-p", "no:cacheprovider", laid.tests)
    assert broken_contracts(copy) == []
    with (copy / "src/chengtuan/modules" / laid.low).open("a", encoding="utf-8") as file:
        file.write(f"\n\nfrom chengtuan.modules.{laid.name.replace('/', '.')} import moves as _of_above\n")
    assert broken_contracts(copy) == [laid.contract]


def test_a_new_package_is_joined_to_its_module(copy: Path) -> None:
    changed = {str(path.relative_to(copy)) for path in scaffold_module(f"trade/{NAME}", copy)}
    home = copy / "src/chengtuan/modules/trade"
    assert {path.stem for path in (home / NAME).iterdir()} == {"__init__", "http", "moves", "rows", "rules", "usecases"}
    assert {f"src/chengtuan/modules/trade/models/{NAME}.py", f"tests/modules/trade/test_{NAME}.py"} <= changed
    assert f"{NAME}_routes(ctx)," in (home / "module.py").read_text()
    contracts = tomllib.loads((copy / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == ["chengtuan.modules.trade"])
    assert layers[0] == NAME, "above all others"
    for language in ("zh-Hant", "zh-Hans", "en"):
        words = json.loads((copy / f"clients/shop/src/locales/{language}.json").read_text(encoding="utf-8"))
        assert words["problem"]["trade"]["paper-lantern-not-found"]
        assert len(words["problem"]["trade"]) > 10, "beside those that were there"


@pytest.mark.parametrize(
    "name",
    ["trade/orders", "trade/context", "nothing/coupons", "payments/x", "trade/1st", "trade/rules", "trade/console"],
)
def test_packages_that_cannot_be_made(name: str) -> None:
    with pytest.raises(BadName):
        names_for(name, MODULES)


def test_a_new_module_is_registered_everywhere(copy: Path) -> None:
    scaffold_module(NAME, copy)
    scaffold_module("paper_fans", copy)
    shown = run(copy, "chengtuan.apps.cli", "topology", "show", "services")
    assert f"{NAME}, paper_fans" in shown
    registry = (copy / "src/chengtuan/apps/registry.py").read_text()
    assert registry.index("messaging.module") < registry.index(f"{NAME}.module") < registry.index("payments.module")
    services = tomllib.loads((copy / "deploy/topologies/services.toml").read_text())
    assert services["process"][-1]["modules"][-2:] == [NAME, "paper_fans"]
    for language in ("zh-Hant", "zh-Hans", "en"):
        words = json.loads((copy / f"clients/shop/src/locales/{language}.json").read_text(encoding="utf-8"))
        assert words["problem"][NAME]["paper-lantern-not-found"]


def test_every_module_has_at_least_the_files_that_a_new_one_gets(copy: Path) -> None:
    shape = {path.stem for path in scaffold_module(NAME, copy) if path.parent == copy / NEW}
    always = shape - {"subscribers", "jobs", "binding"}  # a module that no one calls has no binding
    rooms = {"http", "usecases", "moves", "rows", "rules"}
    for module in sorted(path.parent for path in MODULES.glob("*/module.py")):
        names = {path.stem for path in module.iterdir()}
        # a big module has its rooms in packages, a small one only those that it needs
        lacking = always - rooms - names
        assert not lacking, f"{module.name} lacks {sorted(lacking)}"


@pytest.mark.parametrize(
    "name",
    ["", "Coupons", "1st", "trade", "utils", "pg_things", "class", "a__b", "x" * 41, "../up", "order", "background"],
)
def test_names_that_no_module_can_have(name: str) -> None:
    with pytest.raises(BadName):
        names_for(name, MODULES)


@pytest.mark.postgres
def test_no_module_is_called_what_postgresql_keeps_for_itself(cluster: Cluster) -> None:
    """A schema or a table of such a name would have to be quoted everywhere."""
    with psycopg.connect(cluster.dsn()) as connection:
        words = connection.execute("select word from pg_get_keywords() where catcode in ('R', 'T')").fetchall()
    assert len(words) > 90
    for (word,) in words:
        with pytest.raises(BadName):
            names_for(word, MODULES)


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_no_module_writes_over_the_words_of_others(language: str) -> None:
    for client in ("shop", "console"):
        words = json.loads((ROOT / f"clients/{client}/src/locales/{language}.json").read_text(encoding="utf-8"))
        assert words["problem"]
        for part in words["problem"]:
            with pytest.raises(BadName):
                names_for(part, MODULES)


@pytest.mark.parametrize(
    ("module", "thing"),
    [
        ("coupons", "coupon"),
        ("marketing", "marketing_entry"),
        ("analysis", "analysis_entry"),
        ("gift_cards", "gift_card"),
        ("offsets", "offsets_entry"),
    ],
)
def test_what_the_first_thing_is_called(module: str, thing: str, tmp_path: Path) -> None:
    assert names_for(module, tmp_path).thing == thing


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(BadName, match="already"):
        names_for(NAME, tmp_path)


def test_nothing_is_written_when_the_registry_cannot_be_edited(copy: Path) -> None:
    registry = copy / "src/chengtuan/apps/registry.py"
    registry.write_text("MANIFESTS = read_from_somewhere_else()\n")
    with pytest.raises(CannotRegister):
        scaffold_module(NAME, copy)
    assert not (copy / NEW).exists()
