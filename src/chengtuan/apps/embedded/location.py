"""Where the cluster's files and its socket lie."""

import hashlib
import os
import tempfile
from pathlib import Path

from chengtuan.apps.embedded.binaries import SHARED_FOLDER
from chengtuan.apps.embedded.owner import Owner, everyone_can_enter
from chengtuan.apps.embedded.problems import SetupProblem

_POINTER = "postgres-location"
_LONGEST_SOCKET_PATH = 103  # bytes, the smallest limit of the systems we run on (macOS)


def find_home(data: Path) -> Path | None:
    """The folder of the cluster that belongs to the data folder `data`, if one was ever chosen."""
    pointer = data / _POINTER
    return Path(pointer.read_text().strip()) if pointer.exists() else None


def choose_home(data: Path, owner: Owner) -> Path:
    """The folder for the cluster of `data`, chosen once and then remembered in the data folder.

    It is remembered because the answer depends on the rights of the folders above, and a change
    of those must not make us start with an empty database beside the full one.
    """
    home = find_home(data) or _fresh_home(data, owner)
    _make_home(home, owner)
    (data / _POINTER).write_text(f"{home}\n")
    return home


def _fresh_home(data: Path, owner: Owner) -> Path:
    if not owner.is_other_user or everyone_can_enter(data):
        return data / "postgres"
    return SHARED_FOLDER / _mark(data)


def _mark(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]


def _make_home(home: Path, owner: Owner) -> None:
    try:
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        home.mkdir(mode=0o711, exist_ok=True)
        owner.take(home)
    except OSError as error:
        raise SetupProblem(f"The database folder {home} cannot be made: {error.strerror}.") from error
    if owner.is_other_user and not everyone_can_enter(home):
        raise SetupProblem(
            f"The database in {home} cannot be reached by its user, because a folder above it is closed; "
            "move the data folder or run as the user that made it."
        )


def socket_folder(home: Path, owner: Owner) -> Path:
    """The folder of the socket: in `home`, or in a short place when the path would be too long."""
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > _LONGEST_SOCKET_PATH:
        base = SHARED_FOLDER if owner.is_other_user else Path(tempfile.gettempdir())
        folder = base / f"ct-{os.geteuid()}-{_mark(home)}"
    folder.mkdir(mode=0o711 if owner.is_other_user else 0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid not in {os.geteuid(), owner.uid}:
        raise SetupProblem(f"The folder {folder} belongs to somebody else; remove it and try again.")
    owner.take(folder)
    return folder
