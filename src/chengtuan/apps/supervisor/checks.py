"""What must hold before anything is started, each failure said in one sentence."""

import errno
import shutil
import socket
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem

NEEDED_FREE_BYTES = 300 << 20


def check_port(host: str, port: int, *, what: str) -> None:
    """Raises unless `port` can be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise SetupProblem(f"{port} is no port number; choose one from 1024 to 65534.") from error
        except OSError as error:
            raise _port_problem(port, what, error) from error


def _port_problem(port: int, what: str, error: OSError) -> SetupProblem:
    if error.errno == errno.EADDRINUSE:
        return SetupProblem(
            f"Port {port} ({what}) is used by another program; stop that one or choose another port, "
            "for example `make run PORT=8010`."
        )
    if error.errno == errno.EACCES:
        return SetupProblem(f"Port {port} ({what}) is reserved for the system; choose one above 1023.")
    return SetupProblem(f"Port {port} ({what}) cannot be used: {error.strerror}.")


def check_free_disk(folder: Path, needed: int = NEEDED_FREE_BYTES) -> None:
    """Raises when the disk of `folder` has less than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupProblem(
            f"Only {free >> 20} MB are free on the disk that holds {folder}; "
            f"Chengtuan needs {needed >> 20} MB, so free some space and try again."
        )
