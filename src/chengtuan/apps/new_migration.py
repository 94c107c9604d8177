"""Writes a module's next migration against a database that is thrown away afterwards."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chengtuan.apps.embedded import Cluster
from chengtuan.platform.migrations import migrate, new_revision
from chengtuan.platform.module import ModuleManifest


def write_migration(manifest: ModuleManifest, message: str) -> Path:
    """From what the module's tables are after its migrations to what models.py says; the new file.

    Uses `CHENGTUAN_DATABASE_URL` if it is set. Raises SetupProblem.
    """
    with _database() as url:
        migrate(url, [manifest])
        path = new_revision(url, manifest, message)
    _tidy(path)
    return path


def _tidy(path: Path) -> None:
    """Formats the file as the rest, where the development tools are installed."""
    if ruff := shutil.which("ruff", path=str(Path(sys.executable).parent)):
        for command in (("format",), ("check", "--fix"), ("format",)):
            subprocess.run([ruff, *command, "--quiet", path], check=False)


@contextlib.contextmanager
def _database() -> Iterator[str]:
    if url := os.environ.get("CHENGTUAN_DATABASE_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's user has to come in
        cluster = Cluster.for_data(Path(folder), password="thrown-away")  # noqa: S106  (the database lives as long as this command)
        try:
            cluster.init()
            cluster.start()
            yield cluster.dsn()
        finally:
            cluster.remove()
