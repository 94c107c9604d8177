"""That a test which takes too much of the processor is found, and that tests come in another order when asked to."""

import itertools
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.support.spent import shuffled

PLUGIN = Path(__file__).parents[1] / "support" / "spent.py"
TESTS = """
import time
import pytest

def burn():
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass

def test_that_burns():
    burn()

@pytest.mark.slow
def test_that_may():
    burn()

def test_that_waits():
    time.sleep(0.3)

@pytest.mark.parametrize("number", range(12))
def test_without_cost(number):
    assert True
"""


def test_a_quick_test_has_a_budget_of_processor_time(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(PLUGIN.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: takes long\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "--cpu-budget", "0.2"], cwd=tmp_path, env=alone, capture_output=True, text=True, check=False
    )
    assert "1 failed, 14 passed" in done.stdout, done.stdout + done.stderr
    assert "test_that_burns took 0.3 s of processor time" in done.stdout
    assert "together" in done.stdout, "what it cost is told at the end"


def test_a_seed_is_an_order_in_which_files_stay_together() -> None:
    names = [f"tests/test_{file}.py::test_{number}" for file in "abc" for number in range(4)]
    items: list[Any] = [SimpleNamespace(nodeid=name) for name in names]
    orders = [[item.nodeid for item in shuffled(items, seed)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    for order in orders:
        assert sorted(order) == names != order
        files = [name.partition("::")[0] for name in order]
        assert sum(one != other for one, other in itertools.pairwise(files)) == 2
