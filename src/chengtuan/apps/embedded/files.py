"""Making a cluster's files: initdb, the settings, and the check that they fit the programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem, explain_output
from chengtuan.apps.embedded.programs import Programs

ADMIN_ROLE = "chengtuan"
SOCKET_PORT = 5432  # only names the socket file; nothing listens on TCP
DEFAULT_SETTINGS: Mapping[str, str] = {
    "shared_buffers": "128MB",
    "max_connections": "200",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "hot_standby": "on",
    "max_slot_wal_keep_size": "1GB",  # a dead replica must not fill the disk
    "logging_collector": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_INCLUDE = "include 'chengtuan.conf'"
_FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17


@dataclass(frozen=True)
class ClusterFiles:
    """The files of the cluster in `home`, whose socket lies in `run`."""

    home: Path
    run: Path
    programs: Programs

    @property
    def data(self) -> Path:
        return self.home / "data"

    def make(self, password: str) -> None:
        """Runs initdb with scram everywhere and a locale that does not depend on the machine."""
        password_file = self.home / "initial-password"
        try:
            self._write_private(password_file, password)
            done = self.programs.run(
                "initdb", "-D", self.data, "-U", ADMIN_ROLE, "-E", "UTF8", "-k", *self._locale(),
                "--auth-local=scram-sha-256", "--auth-host=scram-sha-256",
                f"--pwfile={password_file}", "--no-instructions",
            )  # fmt: skip
        except OSError as error:
            raise explain_output(str(error), "The database could not be made", self.home) from error
        finally:
            password_file.unlink(missing_ok=True)
        if done.returncode != 0:
            raise explain_output(done.stdout, "The database could not be made", self.home)

    def refuse_other_major(self) -> None:
        """Raises when the files were made by another major version, which cannot read them."""
        stored = (self.data / "PG_VERSION").read_text().strip()
        binaries = self.programs.binaries
        if stored != str(binaries.major):
            raise SetupProblem(
                f"The database in {self.home} was made by PostgreSQL {stored}, but version "
                f"{binaries.version} is installed; set PG_BIN to a PostgreSQL {stored}, or dump and restore."
            )

    def write_settings(self, settings: Mapping[str, str]) -> None:
        """Writes our settings beside PostgreSQL's own file, which only includes them."""
        ours = {
            **settings,
            "listen_addresses": "",
            "port": str(SOCKET_PORT),
            "unix_socket_directories": '"' + str(self.run).replace('"', '""') + '"',
        }
        own_file, main_file = self.data / "chengtuan.conf", self.data / "postgresql.conf"
        try:
            own_file.write_text("".join(f"{name} = {_quoted(value)}\n" for name, value in ours.items()))
            self.programs.owner.take(own_file)
            if _INCLUDE not in main_file.read_text():
                with main_file.open("a") as opened:
                    opened.write(f"\n{_INCLUDE}\n")
        except OSError as error:
            raise explain_output(str(error), "The database settings could not be written", self.home) from error

    def _write_private(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        self.programs.owner.take(path)

    def _locale(self) -> list[str]:
        if self.programs.binaries.major < _FIRST_MAJOR_WITH_BUILTIN_LOCALE:
            return ["--locale=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]


def _quoted(value: str) -> str:
    """A value of PostgreSQL's configuration; a folder's name may have an apostrophe."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
