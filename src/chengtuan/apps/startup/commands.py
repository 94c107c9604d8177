"""The product's own commands, run to their end in a process of their own."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from chengtuan.apps.embedded.owner import ProcessIdentity
from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.supervisor import logs
from chengtuan.apps.supervisor.spawn import kill_group, spawn

REFUSED = 78
"""The exit status of a command that says in one sentence why it does nothing (EX_CONFIG of sysexits.h)."""
SPEAKER = "chengtuan: "


def chengtuan_command(*arguments: str) -> list[str]:
    """The command line of one of our commands, with the Python that runs us."""
    return [sys.executable, "-m", "chengtuan.apps.cli", *arguments]


async def run_command(*arguments: str, environment: Mapping[str, str], log: Path) -> None:
    """Runs `chengtuan ARGUMENTS…`; its output goes to `log`. Raises when it does not end well."""
    logs.rotate(log)
    with log.open("ab") as output:
        process = await spawn(
            chengtuan_command(*arguments),
            environment=environment,
            output=output,
            identity=ProcessIdentity(),
            signal_on_our_death=signal.SIGTERM,
        )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        kill_group(process.pid)
        raise
    if code == REFUSED:
        raise SetupProblem(logs.read_from(log).rpartition(SPEAKER)[2].strip())
    if code != 0:
        said = logs.last_lines(logs.read_from(log))
        raise SetupProblem(f"`chengtuan {' '.join(arguments)}` failed; its log {log} says:\n{said}")
