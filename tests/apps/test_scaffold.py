"""A new module is complete from the start: it passes every check, and its routes work."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import psycopg
import pytest

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.scaffold import BadName, scaffold_module
from chengtuan.apps.scaffold.names import names_for
from chengtuan.apps.scaffold.registration import CannotRegister

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


@pytest.mark.slow
@pytest.mark.postgres
def test_a_new_module_passes_every_check_and_works(copy: Path, cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database scaffolding")
    scaffold_module(NAME, copy)
    written = run(
        copy,
        *("chengtuan.apps.cli", "revision", NAME, "first tables"),
        CHENGTUAN_DATABASE_URL=cluster.dsn("scaffolding"),
    )
    assert f"{NAME}_0001_first_tables.py" in written
    new = (str(NEW), f"tests/modules/{NAME}", "src/chengtuan/apps/registry.py")
    run(copy, "ruff", "check", *new)
    run(copy, "ruff", "format", "--check", *new)
    run(copy, "mypy", *new)
    assert "2 passed" in run(copy, "pytest", "-q", "-p", "no:cacheprovider", f"tests/modules/{NAME}")


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
    rooms = {"rows", "http", "usecases", "rules"}
    for module in sorted(path.parent for path in MODULES.glob("*/module.py")):
        names = {{"repository": "rows"}.get(path.stem, path.stem) for path in module.iterdir()} | {"rules"}
        # a big module has its rooms in packages
        lacking = (always if (rooms - {"rules"}) & names else always - rooms) - names
        assert not lacking, f"{module.name} lacks {sorted(lacking)}"


@pytest.mark.parametrize(
    "name", ["", "Coupons", "1st", "trade", "utils", "pg_things", "class", "a__b", "x" * 41, "../up"]
)
def test_names_that_no_module_can_have(name: str) -> None:
    with pytest.raises(BadName):
        names_for(name, MODULES)


@pytest.mark.parametrize(
    ("module", "thing"),
    [
        ("coupons", "coupon"),
        ("marketing", "marketing_entry"),
        ("analysis", "analysis_entry"),
        ("gift_cards", "gift_card"),
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
