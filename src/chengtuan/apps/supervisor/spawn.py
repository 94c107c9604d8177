"""Starting a process that does not outlive us, and finding those that did."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from chengtuan.apps.embedded.owner import ProcessIdentity

MARK = "CHENGTUAN_RUN_OF"
"""An environment variable in every supervised process: the data folder that it belongs to."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


async def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: BinaryIO,
    identity: ProcessIdentity,
    signal_on_our_death: signal.Signals,
) -> asyncio.subprocess.Process:
    """Starts `command` in a session of its own, so that Ctrl-C reaches only us and we stop it in order.

    Must be called from the main thread: the kernel sends the death signal when the *thread* ends.
    """
    return await asyncio.create_subprocess_exec(
        *command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid(), signal_on_our_death),
        cwd="/" if identity else None,  # another user may not be allowed into our folder
        **identity,
    )


def _die_with(parent: int, number: signal.Signals) -> Callable[[], None] | None:
    """What a new process does first, so that it gets `number` when `parent` dies (Linux only)."""
    libc = _libc
    if libc is None:
        return None

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask_the_kernel


def kill_group(leader: int) -> None:
    """Kills what is left of a process group after its leader has died, for example its workers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def leftovers(data: Path) -> list[int]:
    """Processes of an earlier run on this data folder that are still alive."""
    mark = f"{MARK}={data}".encode()
    ours = {os.getpid(), os.getppid()}
    if Path("/proc/self/environ").exists():
        return [pid for pid in _numbers_in_proc() if pid not in ours and mark in _environment_of(pid)]
    shown = subprocess.run(["ps", "-axwwE", "-o", "pid=,command="], capture_output=True, check=False)
    lines = [line.split(maxsplit=1) for line in shown.stdout.splitlines() if mark in line]
    return [int(line[0]) for line in lines if int(line[0]) not in ours]


def _numbers_in_proc() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def is_running(pid: int) -> bool:
    """Whether a process has not ended. One that is ending loses its environment first and its ports a moment later."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in (b"Z", b"X")


async def end_leftovers(data: Path, *, wait_s: float = 10) -> int:
    """Ends the processes of an earlier run, first politely; returns how many there were."""
    found = leftovers(data)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in leftovers(data):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        for _ in range(int(wait_s / 0.1)):
            if not leftovers(data) and not any(is_running(pid) for pid in found):
                return len(found)
            await asyncio.sleep(0.1)
    return len(found)
