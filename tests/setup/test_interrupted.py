"""The set-up may be cut short at any moment: the same command goes on, and never keeps what is half done."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 240
PACKAGE = "iniconfig"
"""Small, and needed for development: it stands for all the others, so that the test takes seconds."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the real set-up, of a product with one package, below a folder with an odd name."""
    root = tmp_path_factory.mktemp("interrupted") / "my 團 shop"
    shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "src" / "chengtuan").mkdir(parents=True)
    (root / "src" / "chengtuan" / "__init__.py").touch()
    (root / "README.md").touch()
    (root / "requirements").mkdir()
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    entry = re.search(rf"^{PACKAGE}==.*(?:\n    --hash.*)+", locked, re.MULTILINE)
    assert entry
    (root / "requirements" / "dev.txt").write_text(entry[0] + "\n")
    shutil.copy(ROOT / "requirements" / "build.txt", root / "requirements" / "build.txt")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "chengtuan"\nversion = "0"\n[project.scripts]\nchengtuan = "chengtuan:main"\n'
        '[tool.hatch.build]\ndev-mode-dirs = ["src"]\n[tool.hatch.build.targets.wheel]\npackages = ["src/chengtuan"]\n'
    )
    return root


def start(checkout: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.bootstrap", "dev"],
        cwd=checkout,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def cut(checkout: Path, when: Callable[[], bool], number: signal.Signals) -> str:
    """Starts the set-up and sends it a signal at a moment; what it printed."""
    process = start(checkout)
    end = time.monotonic() + PATIENCE_S
    while not when():
        assert process.poll() is None, f"it ended before the moment came: {process.communicate()[0]}"
        assert time.monotonic() < end
        time.sleep(0.002)
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    return output


def set_up(checkout: Path) -> str:
    process = start(checkout)
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, output
    return output


def works(checkout: Path) -> bool:
    words = ["-c", f"import {PACKAGE}, hatchling, chengtuan"]
    return subprocess.run([checkout / ".venv/bin/python", *words], check=False, capture_output=True).returncode == 0


def test_a_set_up_that_is_cut_short_goes_on(checkout: Path) -> None:
    python, log = checkout / ".venv/bin/python", checkout / ".stamps/logs/pip-dev.log"
    said = cut(checkout, python.exists, signal.SIGINT)
    assert "the same command goes on" in said
    assert "Traceback" not in said
    uv = checkout / ".stamps/logs/uv.log"
    cut(checkout, lambda: log.exists() or uv.exists(), signal.SIGKILL)
    assert "making it anew" in set_up(checkout)
    assert works(checkout)
    assert "anew" not in set_up(checkout), "a whole one is kept"


def test_why_there_is_a_mark(checkout: Path) -> None:
    """pip takes a package whose papers are there for installed: without the mark, a cut would break the checkout."""
    [package] = (checkout / ".venv").glob(f"lib/python3*/site-packages/{PACKAGE}")
    shutil.rmtree(package)
    for stamp in (checkout / ".venv/.stamps").iterdir():
        stamp.unlink()
    set_up(checkout)
    assert not works(checkout)


@pytest.mark.parametrize(
    ("parts", "set_up_before", "said"),
    [("dev", False, "cannot write"), ("dev", True, "cannot write"), ("", False, "cannot write"), ("", True, "")],
)
def test_a_checkout_that_cannot_be_written_is_one_sentence(parts: str, set_up_before: bool, said: str) -> None:
    """Unless there is nothing to write: somebody else set it up."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders let nobody else in
        root = Path(folder)
        shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        if set_up_before:
            (root / ".stamps").mkdir()
            (root / ".stamps" / "lock").touch()
            (root / ".stamps").chmod(0o555)
        root.chmod(0o555)
        done = subprocess.run(
            ["/bin/sh", "-c", '"$(sh scripts/find_python.sh)" -m scripts.bootstrap ' + parts],
            cwd=root,
            user=pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        root.chmod(0o755)
    assert done.returncode == (1 if said else 0), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
