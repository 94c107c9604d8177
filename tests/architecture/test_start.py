"""What a server loads at its start: nothing that only commands, pictures or calls to partners need."""

import subprocess
import sys

NOT_AT_THE_START = {
    "alembic": "migrations are a command",
    "mako": "same",
    "sqlalchemy": "tables are for migrations",
    "chengtuan.platform.migrations": "same",
    "typer": "the command line",
    "chengtuan.apps.cli": "same",
    "chengtuan.apps.up": "same",
    "chengtuan.apps.demo": "demo data are a command",
    "chengtuan.gateways.sandbox": "a process of its own",
    "aiohttp": "loaded by the first call to somebody else",
    "PIL": "loaded by the first picture",
    "pi_heif": "same",
    "pypinyin": "its table is ours (kernel/pinyin.txt)",
    "hypothesis": "tests",
    "pytest": "same",
    "tests": "same",
}
_LOADED = "import sys; import {}; print(*sys.modules)"


def loaded_by(module: str) -> set[str]:
    """By a process that has done nothing else."""
    command = [sys.executable, "-c", _LOADED.format(module)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_server_starts_without_what_it_does_not_need() -> None:
    assert loaded_by("chengtuan.apps.server") & NOT_AT_THE_START.keys() == set()


def test_it_would_be_seen() -> None:
    assert {"alembic", "mako", "sqlalchemy"} <= loaded_by("chengtuan.platform.migrations") & NOT_AT_THE_START.keys()
