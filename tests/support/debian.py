"""Programs of the system that some tests need: found, installed as Debian packages, or a named skip.

Installing happens only as root on a machine with apt, is announced on the terminal, and can be forbidden
with ``CHENGTUAN_TESTS_INSTALL=0``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.terminal import on_terminal, say

INSTALL_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Program:
    """A program, the files that show it is there (the first is the program itself), and its packages.

    `stand_in` does as well, if slower, where the program cannot be had.
    """

    name: str
    files: tuple[str, ...]
    packages: tuple[str, ...]
    stand_in: str | None = None

    @property
    def present(self) -> bool:
        return all(Path(file).exists() for file in self.files)

    @property
    def path(self) -> Path:
        return Path(self.files[0])


PROGRAMS = {
    program.name: program
    for program in (
        Program(
            # draws without a window's processes: three quarters of the processor time of the whole browser
            "chromium-headless-shell",
            ("/usr/bin/chromium-headless-shell", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
            ("chromium-headless-shell", "fonts-noto-cjk"),
            stand_in="/usr/bin/chromium",
        ),
        Program("nginx", ("/usr/sbin/nginx",), ("nginx",)),
        Program("postgresql-15", ("/usr/lib/postgresql/15/bin/postgres",), ("postgresql-15",)),
        Program("wrk", ("/usr/bin/wrk",), ("wrk",)),
    )
}


def require_program(name: str, config: pytest.Config) -> Path:
    """Path of the program ``name`` (a key of ``PROGRAMS``); skips the test when it cannot be had.

    Raises:
        KeyError: nobody listed this program.
    """
    program = PROGRAMS[name]
    if not program.present and _may_install():
        with _one_at_a_time(), on_terminal(config):
            if not program.present:
                _install(program)
    if not program.present and program.stand_in is not None and Path(program.stand_in).exists():
        return Path(program.stand_in)
    if not program.present:
        packages = " ".join(program.packages)
        pytest.skip(f"{name} is not installed; on Debian: apt-get install {packages}")
    return program.path


def _may_install() -> bool:
    allowed = os.environ.get("CHENGTUAN_TESTS_INSTALL", "1") != "0"
    return allowed and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(program: Program) -> None:
    packages = list(program.packages)
    say(f"{program.name} is missing: installing {' '.join(packages)}")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    # A fresh machine knows no package lists; a machine that knows them saves the half minute.
    if not _apt(install) and _apt(["apt-get", "update"]):
        _apt(install)
    say(f"{program.name}: {'installed' if program.present else 'could not be installed'}")


def _apt(command: list[str]) -> bool:
    # RUNLEVEL=1 keeps a package's service from being started on this machine.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        done = subprocess.run(command, env=environment, timeout=INSTALL_TIMEOUT_S, check=False, stdout=sys.stderr)
    except subprocess.TimeoutExpired:
        say(f"gave up after {INSTALL_TIMEOUT_S:.0f} s: {' '.join(command)}")
        return False
    return done.returncode == 0


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """apt takes one caller at a time, and parallel test workers all want the same program."""
    with (Path(tempfile.gettempdir()) / "chengtuan-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
