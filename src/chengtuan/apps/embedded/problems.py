"""What can be wrong with the machine, said in one sentence that tells the person what to do."""

import shutil
from pathlib import Path

_FULL_BELOW_BYTES = 1 << 20
_TELLING_MARKS = ("FATAL", "PANIC", "error:", "ERROR")
_DISK_FULL_MARKS = ("No space left on device", "Disk quota exceeded")


class SetupProblem(Exception):
    """The machine or the data folder does not allow to go on. The message is shown as it is."""


def explain_output(output: str, what: str, folder: Path) -> SetupProblem:
    """Turns a failed program's output into the sentence for the person.

    `what` is the step that failed ("PostgreSQL could not start"), `folder` where it wrote.
    """
    if any(mark in output for mark in _DISK_FULL_MARKS) or _is_full(folder):
        return SetupProblem(f"{what}: the disk that holds {folder} is full; free some space and try again.")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in _TELLING_MARKS)]
    return SetupProblem(f"{what}: {(telling or lines or ['no output'])[-1]}")


def _is_full(folder: Path) -> bool:
    """On a full disk the program could not even write its complaint down, so look for ourselves."""
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW_BYTES
    except OSError:
        return False
