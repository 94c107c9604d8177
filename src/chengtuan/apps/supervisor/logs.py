"""The children's log files. A disk that takes no more logs is no reason to be without the child."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

_KEPT = 5
MOST_BYTES = 20_000_000
"""Of the log of a child that runs for months; with those that are kept beside it, six times as much."""


def rotate(log: Path) -> None:
    """Moves `name.log` to `name.log.1`, that to `name.log.2` and so on; the oldest goes."""
    with contextlib.suppress(OSError):
        _move_on(log)


def rotate_running(log: Path, most_bytes: int = MOST_BYTES) -> None:
    """The same for the log of a child that writes, once it is large: the child goes on at the beginning of its file.

    What is written in the moment between the copy and the cut is lost.
    """
    with contextlib.suppress(OSError):
        if size(log) > most_bytes:
            _make_room(log)
            shutil.copyfile(log, _numbered(log, 1))
            os.truncate(log, 0)


def open_for_child(log: Path) -> BinaryIO:
    """Where a child's output goes: the end of its log, or nowhere if the log cannot be opened now."""
    try:
        return log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


def _move_on(log: Path) -> None:
    if not log.exists() or log.stat().st_size == 0:
        return
    _make_room(log)
    log.replace(_numbered(log, 1))


def _make_room(log: Path) -> None:
    for number in range(_KEPT - 1, 0, -1):
        older = _numbered(log, number)
        if older.exists():
            older.replace(_numbered(log, number + 1))


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def size(log: Path) -> int:
    """Bytes written so far; 0 when there is no such file."""
    return log.stat().st_size if log.exists() else 0


def read_from(log: Path, offset: int = 0, *, most_bytes: int = 20_000) -> str:
    """The text written after `offset`, at most the last `most_bytes` of it."""
    if not log.exists():
        return ""
    with log.open("rb") as opened:
        end = opened.seek(0, 2)
        opened.seek(max(offset, end - most_bytes))
        return opened.read().decode(errors="replace")


def last_lines(text: str, count: int = 15) -> str:
    """The last lines of `text`, indented for the terminal."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])
