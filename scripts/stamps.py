"""Stamps: what was already done, and for which content."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from scripts.progress import ROOT

STAMPS = ROOT / ".stamps"
_MADE = {"node_modules", "dist", "unpackage", "__pycache__", ".stamps", "test-results"}


class Stamp:
    """Remembers the content that a step was done for.

    Content instead of times of change: a fresh clone or a switched branch changes all times.
    """

    def __init__(self, name: str, inputs: Iterable[Path], *, extra: str = "", folder: Path = STAMPS) -> None:
        self._path = folder / f"{name}.stamp"
        self._now = _digest(inputs, extra)

    @property
    def is_current(self) -> bool:
        return self._path.exists() and self._path.read_text() == self._now

    def forget(self) -> None:
        """Called before the step, so that an interrupted one is done again."""
        self._path.unlink(missing_ok=True)

    def set(self) -> None:
        """Called after the step has ended well."""
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(self._now)


def _digest(inputs: Iterable[Path], extra: str) -> str:
    digest = hashlib.sha256(extra.encode())
    for path in inputs:
        for file in sorted(_files_below(path)):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files_below(path: Path) -> Iterable[Path]:
    if path.is_file():
        yield path
    for folder, inner, names in os.walk(path):
        inner[:] = [each for each in inner if each not in _MADE]
        yield from (Path(folder) / name for name in names)
