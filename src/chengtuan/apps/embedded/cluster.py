"""One PostgreSQL cluster that this product owns: make it, run it, stop it."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from chengtuan.apps.embedded.binaries import Binaries, find_binaries, reachable_binaries
from chengtuan.apps.embedded.files import ADMIN_ROLE, DEFAULT_SETTINGS, SOCKET_PORT, ClusterFiles
from chengtuan.apps.embedded.location import choose_home, find_home, socket_folder
from chengtuan.apps.embedded.owner import owner_of
from chengtuan.apps.embedded.problems import explain_output
from chengtuan.apps.embedded.programs import Programs

_AFTERMATH_MARKS = ("lock file", "pre-existing shared memory", "is shutting down")
_AFTERMATH_S = 60.0


@dataclass(frozen=True)
class Cluster:
    """A cluster reached through a Unix socket with a scram password.

    `Cluster.for_data` is the way to get one. All methods block.
    """

    files: ClusterFiles
    password: str
    settings: Mapping[str, str]

    @staticmethod
    def for_data(
        data: Path,
        *,
        password: str,
        settings: Mapping[str, str] | None = None,
        binaries: Binaries | None = None,
    ) -> "Cluster":
        """The cluster that belongs to the data folder `data`, which must exist."""
        known = find_home(data)
        owner = owner_of(known / "data" if known else None)
        programs = Programs(reachable_binaries(binaries or find_binaries(), owner), owner)
        home = choose_home(data.resolve(), owner)
        files = ClusterFiles(home, socket_folder(home, owner), programs)
        return Cluster(files, password, {**DEFAULT_SETTINGS, **(settings or {})})

    @property
    def programs(self) -> Programs:
        return self.files.programs

    @property
    def log(self) -> Path:
        """Where the server writes when it was started by `start`."""
        return self.files.home / "postgres.log"

    @property
    def exists(self) -> bool:
        return (self.files.data / "PG_VERSION").exists()

    @property
    def pid(self) -> int | None:
        """The server's process id as its own file tells it; that process may be long gone."""
        return _pid_in(self._pid_file)

    def dsn(self, database: str = "postgres") -> str:
        """The connection URL (`postgresql://…`) of one database, with the password in it."""
        return (
            f"postgresql://{ADMIN_ROLE}:{quote(self.password, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self.files.run), safe='')}&port={SOCKET_PORT}"
        )

    def init(self) -> bool:
        """Makes the cluster unless it is there; True when it was made. Refuses another major version."""
        fresh = not self.exists
        if fresh:
            self.files.make(self.password)
        else:
            self.files.refuse_other_major()
        self.files.write_settings(self.settings)
        return fresh

    def start(self, *, wait_s: float = 300) -> None:
        """Starts the server in the background, or adopts one that already answers.

        Crash recovery may take long with much WAL, hence the patience.
        """
        if self.answers():
            return
        self.clear_stale_locks()
        give_up = time.monotonic() + min(wait_s, _AFTERMATH_S)
        while True:
            before = self.log.stat().st_size if self.log.exists() else 0
            arguments = ("-D", self.files.data, "-l", self.log, "-w", "-t", int(wait_s))
            done = self.programs.run("pg_ctl", *arguments, "start")
            if done.returncode == 0:
                return
            output = done.stdout + self._log_from(before)
            if time.monotonic() > give_up or not is_aftermath(output):
                raise explain_output(output, "PostgreSQL could not start", self.files.home)
            time.sleep(0.2)  # the children of a killed server need a moment to notice and leave

    def stop(self, *, wait_s: float = 60) -> bool:
        """Stops the server and waits; False when it was not running."""
        pid = self.pid
        if not self.answers() and (pid is None or not self._is_ours(pid)):
            return False
        arguments = ("-D", self.files.data, "-m", "fast", "-w", "-t", int(wait_s))
        done = self.programs.run("pg_ctl", *arguments, "stop")
        if done.returncode != 0 and self.answers():
            raise explain_output(done.stdout, "PostgreSQL could not be stopped", self.files.home)
        return True

    def remove(self) -> None:
        """Stops the server and removes all its files."""
        self.stop()
        shutil.rmtree(self.files.home, ignore_errors=True)

    def answers(self) -> bool:
        """Whether the server accepts connections: asked of the server, since pid files lie."""
        arguments = ("-q", "-h", self.files.run, "-p", SOCKET_PORT, "-t", 2)
        return self.programs.run("pg_isready", *arguments).returncode == 0

    def foreground_command(self) -> list[str]:
        """The command that runs the server as a child of its caller, as `programs.owner`."""
        return [self.programs.binaries.program("postgres"), "-D", str(self.files.data)]

    def clear_stale_locks(self) -> None:
        """Removes lock files whose number now belongs to something else, or to a zombie.

        PostgreSQL refuses to start while *any* process has that number, which after a restart of
        a container is likely and would last for ever. Shared memory still guards the data folder.
        """
        if not Path("/proc/self/cmdline").exists():
            return
        for lock in (self._pid_file, self.files.run / f".s.PGSQL.{SOCKET_PORT}.lock"):
            pid = _pid_in(lock)
            if pid is not None and not self._is_ours(pid):
                lock.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.files.data / "postmaster.pid"

    def _is_ours(self, pid: int) -> bool:
        """Whether that process is a server of this cluster (known on Linux only)."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return str(self.files.data).encode() in words  # a copy elsewhere may end in the same words

    def _log_from(self, offset: int) -> str:
        try:
            with self.log.open("rb") as opened:
                opened.seek(offset)
                return opened.read().decode(errors="replace")
        except FileNotFoundError:
            return ""


def is_aftermath(output: str) -> bool:
    """Whether a refused start is only the aftermath of a crash, so that trying again helps."""
    return any(mark in output for mark in _AFTERMATH_MARKS)


def _pid_in(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
