"""Running PostgreSQL's programs as the user that owns the cluster."""

import os
import subprocess
from dataclasses import dataclass

from chengtuan.apps.embedded.binaries import Binaries
from chengtuan.apps.embedded.owner import Owner
from chengtuan.apps.embedded.problems import SetupProblem


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL version, run as `owner`."""

    binaries: Binaries
    owner: Owner

    def environment(self) -> dict[str, str]:
        """A plain environment: the person's locale and PG* variables must not change the cluster."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def run(self, program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """Runs one program to its end; its output and errors come back together in `stdout`."""
        try:
            return subprocess.run(
                [self.binaries.program(program), *map(str, arguments)],
                check=False,
                cwd="/",
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                **self.owner.identity(),
            )
        except PermissionError as error:
            raise SetupProblem(
                f"PostgreSQL's {program} could not be started as its own user ({error.strerror}); "
                "run the same command as a normal user."
            ) from error
