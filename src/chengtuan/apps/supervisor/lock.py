"""One running copy per data folder."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from chengtuan.apps.embedded.problems import SetupProblem

_NAME = "chengtuan.lock"


class RunLock:
    """An exclusive lock on a data folder, held until this process ends in whatever way."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._path = data / _NAME
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(descriptor, 32, 0).decode().strip() or "unknown"
            os.close(descriptor)
            raise SetupProblem(
                f"Chengtuan already runs on {self._data} (process {pid}); stop it first, "
                "or choose another data folder with DATA=… and another port with PORT=…."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)  # the file stays: removing it would race with the next copy
            self._descriptor = None


def running_pid(data: Path) -> int | None:
    """The process that runs on the data folder now, or None."""
    try:
        descriptor = os.open(data / _NAME, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(descriptor, 32, 0).decode() or 0) or None
    else:
        return None
    finally:
        os.close(descriptor)
