"""The prompt: awaits, shows errors, and goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.installation import installation_environment
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.shell import run_shell
from tests.support.world import environment

pytestmark = pytest.mark.slow

TYPED = """
first = await merchants.add_merchant(name={"en": "Stall"}, intro={"en": ""}, logo_url="", demo=False)
1 / 0
print("kept:", (await merchants.get_merchant(merchant_id=first)).name["en"])
print("modules:", ", ".join(app.running))
"""


@pytest.mark.postgres
def test_the_prompt_awaits_and_survives_errors(database_url: str, tmp_path: Path) -> None:
    environ = environment(database_url, tmp_path)
    bring_up_to_date(environ)
    done = subprocess.run(
        [sys.executable, "-m", "chengtuan.apps.cli", "shell"],
        input=TYPED,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "kept: Stall" in done.stdout
    assert "modules: accounts, merchants" in done.stdout
    assert "ZeroDivisionError" in done.stderr


def test_without_a_copy_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="make run"):
        run_shell({"DATA": str(tmp_path)})


def test_a_database_of_ones_own_is_taken_as_it_is() -> None:
    own = {"CHENGTUAN_DATABASE_URL": "dbname=mine", "DATA": "/nowhere"}
    assert installation_environment(own) == own
