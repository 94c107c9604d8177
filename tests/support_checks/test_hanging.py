"""That a test which hangs ends, alone, and that what it waited for is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1] / "support" / "hanging.py"
TESTS = """
import asyncio

def test_that_ends():
    pass

def test_that_waits_for_what_never_comes():
    async def never_told():
        await asyncio.get_running_loop().create_future()
    asyncio.run(never_told())

def test_that_comes_after_it():
    pass
"""


@pytest.mark.slow
def test_a_test_that_hangs_ends_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(PLUGIN.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfaulthandler_timeout = 3\nfaulthandler_exit_on_timeout = true\n")
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "-p", "xdist", str(tmp_path)], cwd=tmp_path, env=alone, capture_output=True, text=True, check=False
    )
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "crashed while running" in done.stdout
    assert "test_that_waits_for_what_never_comes hangs; what tasks wait for:" in done.stderr
    assert "await asyncio.get_running_loop().create_future()" in done.stderr
    assert "most recent call first" in done.stderr
