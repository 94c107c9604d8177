"""What an operator types beside a copy that `make run` set up: with its folder named, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from chengtuan.apps.ownership import bring_up_to_date
from tests.support.world import KEYS, environment

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
COMMANDS = ("staff list", "events dead", "jobs replay --all", "shell", "verify", "backup --to new")


def run(command: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHENGTUAN_")}
    return subprocess.run(
        [sys.executable, "-m", "chengtuan.apps.cli", *command.split()],
        cwd=folder,
        input="",
        env={**kept, "DATA": str(folder / "data"), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def copy(database_url: str, tmp_path: Path) -> Mapping[str, str]:
    """A folder as `make run` leaves it with a database of one's own: keys and the sandbox's credentials inside."""
    bring_up_to_date(environment(database_url, tmp_path / "data"))
    (tmp_path / "data" / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in KEYS.items()))
    return {"CHENGTUAN_DATABASE_URL": database_url}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_folder_holds_all_that_a_command_needs(copy: Mapping[str, str], tmp_path: Path, command: str) -> None:
    done = run(command, tmp_path, **copy)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["staff list", "events dead", "shell"])
def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path, command: str) -> None:
    done = run(command, tmp_path, CHENGTUAN_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (done.returncode, done.stderr.count("\n")) == (78, 1), done.stderr
    assert done.stderr.startswith("chengtuan: The database of CHENGTUAN_DATABASE_URL cannot be used: ")
