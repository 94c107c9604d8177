"""Where a peer runs, and the processes that it consists of while it is measured."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.cost import processes_of
from chengtuan.apps.embedded import Cluster
from chengtuan.apps.embedded.files import ADMIN_ROLE, SOCKET_PORT

INSIDE = Path(__file__).parent / "inside"
"""What runs in a peer's own environment: settings, and what fills its shop."""
_READY_S = 600.0
_STOP_S = 15
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class PeerFailed(Exception):
    """A program of a peer failed; the message is the end of what it said."""


@dataclass(frozen=True)
class Command:
    """A process of a peer; ready as soon as its port answers, if it has one."""

    words: Sequence[str]
    port: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """`home` holds the peer's programs, `data` what it writes in this run; its database has its name."""

    name: str
    home: Path
    data: Path
    cluster: Cluster
    port: int
    redis_port: int
    secret: str

    @property
    def database_url(self) -> str:
        return self.cluster.dsn(self.name)

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("CHENGTUAN_", "PYTHON"))}
        return own | {
            "PYTHONPATH": str(INSIDE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "VENDURE_DISABLE_TELEMETRY": "true",
            "PEER_DATA": str(self.data),
            "PEER_SECRET": self.secret,
            "PEER_PORT": str(self.port),
            "PEER_REDIS": str(self.redis_port),
            "PEER_MODULES": str(self.home),
            "PEER_DB_HOST": str(self.cluster.files.run),
            "PEER_DB_PORT": str(SOCKET_PORT),
            "PEER_DB_USER": ADMIN_ROLE,
            "PEER_DB_PASSWORD": self.cluster.password,
            "PEER_DB_NAME": self.name,
        }

    def call(self, *words: str, **extra: str) -> None:
        """Run a program to its end. Raises PeerFailed."""
        done = subprocess.run(
            words, cwd=self.data, env=self.environment() | extra, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise PeerFailed(f"{' '.join(words)}\n{(done.stdout + done.stderr)[-3000:]}")

    def ask(self, query: str) -> tuple[int, ...]:
        """One row of numbers from the peer's database."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row
        return tuple(int(value or 0) for value in row)

    @contextlib.contextmanager
    def running(self, commands: Sequence[Command]) -> Iterator["Running"]:
        """The peer's processes, one after the other; they are gone afterwards."""
        with contextlib.ExitStack() as stack:
            yield Running([stack.enter_context(self._process(command)) for command in commands])

    @contextlib.contextmanager
    def _process(self, command: Command) -> Iterator[int]:
        log = self.data / f"{Path(command.words[0]).name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command.words, cwd=self.data, env=self.environment() | dict(command.extra),
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        try:
            if command.port:
                _wait_for(command.port, process, log)
            yield process.pid
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind: it is the leader of its own session
            process.wait()


@dataclass(frozen=True)
class Running:
    """Processes and all that descends from them."""

    roots: Sequence[int]

    def spent_ms(self) -> float:
        """Processor time so far, user and system, with children that have ended. Without /proc: 0."""
        return sum(_spent(pid) for root in self.roots for pid in processes_of(root))


def _spent(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0.0
    return sum(map(int, words[11:15])) * _TICK_MS


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + _READY_S
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise PeerFailed(f"nothing answers on port {port}:\n{log.read_text(errors='replace')[-3000:]}")
