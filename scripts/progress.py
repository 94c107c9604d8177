"""Running a step of the set-up: one line with its seconds, its output in a log, its failure in a sentence."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".stamps" / "logs"
_LONG_AFTER_S = 3.0
_EVERY_S = 5.0
_SHOWN_LINES = 20
_printing = threading.Lock()
_running: "set[subprocess.Popen[bytes]]" = set()


class StepFailed(Exception):
    """The set-up cannot go on. The message is shown as it is."""


def say(line: str) -> None:
    """Writes one line at once; several steps may run at the same time."""
    with _printing:
        print(line, flush=True)


def run_step(
    doing: str,
    command: Sequence[str | Path],
    *,
    log_name: str,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Runs `command` in `folder` with a sign of life every few seconds. Raises `StepFailed`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{log_name}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _running.add(process)
        try:
            code = _wait(process, doing, began)
        finally:
            _running.discard(process)
    if code != 0:
        lines = log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:]
        said = "\n".join(f"    {line}" for line in lines)
        raise StepFailed(f"{doing}: failed. Its log {log} ends with:\n{said}")
    say(f"  {time.monotonic() - began:6.1f} s  {doing}")


def _wait(process: "subprocess.Popen[bytes]", doing: str, began: float) -> int:
    patience = _LONG_AFTER_S
    try:
        while True:
            try:
                return process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                say(f"  {time.monotonic() - began:6.0f} s  {doing} …")
                patience = _EVERY_S
    except BaseException:
        process.terminate()
        process.wait()
        raise


def end_running() -> None:
    """Asks the steps that run, also those of other threads, to end; each waits for its own."""
    for process in list(_running):
        process.terminate()


def fail(message: str) -> int:
    """Shows why the set-up stopped; the exit code."""
    print(f"\n  {message}\n", file=sys.stderr, flush=True)
    return 1
