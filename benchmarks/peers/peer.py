"""What a peer has to say about itself, so that it can be measured."""

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.load.visitor import Step
from benchmarks.peers.site import Command, PeerFailed, Site

DETAIL, LIST, ORDER, LAST_STEP = "product_detail", "product_list", "order", "order_last_step"
PRODUCTS = 65
"""As many as our own measured shop has; one more has little stock."""
STOCK, CROWD = 50, 500
"""Little stock, and how many want it at once."""

Filled = Any
"""What a peer's own program wrote about what it filled."""


@dataclass(frozen=True)
class Workload:
    """Each visitor makes the steps, once or (`again`) until the time is over; `before` is not measured."""

    steps: Sequence[Step]
    visitors: Sequence[Mapping[str, Mapping[str, str]]]
    before: Sequence[Step] = ()
    again: bool = False


@dataclass(frozen=True)
class Stock:
    """After the crowd, as the peer's database says. `allocated`: units that its own books hold for orders."""

    sold: int
    allocated: int
    left: int


class Peer(ABC):
    """One product: how it is installed, filled, started and bought from."""

    name: str
    title: str
    version: str
    arrangements: Sequence[str]
    """Arrangements of processes that are tried; what does best counts, for each workload."""

    @abstractmethod
    def install(self, home: Path) -> None:
        """Into the folder `home` alone."""

    @abstractmethod
    def fill(self, site: Site) -> Filled:
        """Tables, goods and whoever has to be known."""

    @abstractmethod
    def commands(self, site: Site, arrangement: str) -> Sequence[Command]:
        """Its processes, but for PostgreSQL and Redis."""

    @abstractmethod
    def workloads(self, filled: Filled) -> Mapping[str, Workload]:
        """By their names; what the product has no page for is missing."""

    @abstractmethod
    def crowd(self, filled: Filled) -> Workload:
        """`CROWD` visitors who want one of `STOCK` units."""

    @abstractmethod
    def stock(self, site: Site, filled: Filled) -> Stock:
        """What the crowd left."""


def install_python(home: Path, requirements: Path) -> None:
    """A virtual environment with exactly these packages."""
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(home / "venv")], home)
    _run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(requirements)], home)


def install_node(home: Path, packages: Sequence[str]) -> None:
    """A folder of modules with exactly these packages and what they want."""
    _run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--save-exact", *packages], home)


def _run(words: Sequence[str], home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerFailed(f"{' '.join(words)}\n{(done.stdout + done.stderr)[-3000:]}")


def nobody(count: int) -> list[dict[str, dict[str, str]]]:
    """Visitors whom the shop does not know."""
    return [{} for _ in range(count)]


def gunicorn_options(arrangement: str, port: int) -> list[str]:
    """Of `2 workers`, or `2 workers of 4 threads`: then connections are kept alive, too."""
    numbers = [word for word in arrangement.split() if word.isdigit()]
    options = ["--bind", f"127.0.0.1:{port}", "--backlog", "4096", "--log-level", "error", "--timeout", "120"]
    options += ["--workers", numbers[0]]
    return options + (["--worker-class", "gthread", "--threads", numbers[1]] if len(numbers) > 1 else [])
