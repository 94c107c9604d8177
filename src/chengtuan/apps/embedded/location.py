"""Where the cluster's files and its socket lie, and whether they are this data folder's own."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from chengtuan.apps.embedded.binaries import SHARED_FOLDER
from chengtuan.apps.embedded.mark import FolderMark, make_mark, read_mark, write_mark, write_whole
from chengtuan.apps.embedded.owner import Owner, everyone_can_enter
from chengtuan.apps.embedded.problems import SetupProblem

POINTER = "postgres-location"
INSIDE = "postgres"
_CLAIM = "belongs-to.json"
_LONGEST_SOCKET_PATH = 103  # bytes, the smallest limit of the systems we run on (macOS)


class NotOurDatabase(SetupProblem):
    """The database that the folder names is missing, or is another folder's."""


def find_home(data: Path) -> Path | None:
    """The folder of the cluster that belongs to the data folder `data`; None when there never was one.

    Inside the data folder it is found wherever that was moved or copied to. Outside, where root puts
    it when the system user cannot enter the data folder, it must say itself that it belongs here: a
    copied folder must not lead to the original's database. Raises `NotOurDatabase`.
    """
    inside = data.resolve() / INSIDE
    try:
        named = Path((data / POINTER).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return inside if inside.exists() else None
    if named.is_absolute() and named.parent == SHARED_FOLDER:
        _refuse_claimed(named, data.resolve())
        return named
    # an earlier release wrote the whole path down, which in a moved or copied folder leads elsewhere
    if not inside.exists():
        raise NotOurDatabase(
            f"The database folder {inside} is missing; put it back, or restore a backup into an empty folder "
            "with `make restore FROM=… DATA=…`."
        )
    return inside


def choose_home(data: Path, owner: Owner) -> Path:
    """The folder for the cluster of `data`, chosen once and then remembered in the data folder.

    It is remembered because the answer depends on the rights of the folders above, and a change
    of those must not make us start with an empty database beside the full one.
    """
    home = find_home(data) or _fresh_home(data, owner)
    _make_home(home, owner)
    if home == data.resolve() / INSIDE:
        (data / POINTER).write_text(f"{INSIDE}\n")
    else:
        _claim(home, data)
        (data / POINTER).write_text(f"{home}\n")
    return home


def adopt_home(data: Path) -> Path | None:
    """Gives a moved data folder the database outside of it that it names; None when there is none outside.

    Refuses with `SetupProblem` while the folder that the database knows still exists, because then
    `data` is a copy, or while the database runs; and where there is no such folder.
    """
    if not data.is_dir():
        raise SetupProblem(f"There is no folder {data}; name the one that was moved with DATA=….")
    try:
        home = find_home(data)
    except NotOurDatabase:
        home = _outside_home(data)
        if home is None or not home.exists():
            raise
    if home is None or home == data.resolve() / INSIDE:
        return None
    claim = _read_claim(home)
    if claim is not None:
        _refuse_other_identity(home, data, claim)
        known = Path(claim["folder"])
        if known != data.resolve() and _leads_to(known, home):
            raise SetupProblem(
                f"The database in {home} is used by {known}, which still exists; {data} is a copy of that folder. "
                "For a second shop with the same content make a backup and restore it into an empty folder."
            )
    if (home / "data" / "postmaster.pid").exists():
        raise SetupProblem(f"The database in {home} is running, or was killed; stop the copy that uses it first.")
    _claim(home, data)
    return home


def _outside_home(data: Path) -> Path | None:
    named = Path((data / POINTER).read_text(encoding="utf-8").strip())
    return named if named.is_absolute() and named.parent == SHARED_FOLDER else None


def _leads_to(folder: Path, home: Path) -> bool:
    try:
        return Path((folder / POINTER).read_text(encoding="utf-8").strip()) == home
    except OSError:
        return False


def _refuse_claimed(home: Path, data: Path) -> None:
    """Raises unless the database folder `home`, which lies outside of `data`, is that of `data`."""
    if not home.exists():
        raise NotOurDatabase(
            f"The database of {data} was in {home}, and that is missing; put it back, or restore a backup into an "
            "empty folder with `make restore FROM=… DATA=…`."
        )
    claim = _read_claim(home)
    if claim is None:
        if home.name == _mark(data):  # an earlier release named it after the folder
            return
        known = "another folder"
    else:
        _refuse_other_identity(home, data, claim)
        known = claim["folder"]
        if Path(known) == data:
            return
        if claim["inode"] == _inode(data) and not _leads_to(Path(known), home):
            return  # the very same folder, moved on its disk
    raise NotOurDatabase(
        f"The database that {data} names lies outside of it, in {home}, and belongs to {known}; "
        f"if {data} is that folder, moved, then `make adopt DATA={data}` gives it back, and if it is a copy, "
        "make a backup of the original instead and restore that."
    )


def _refuse_other_identity(home: Path, data: Path, claim: dict[str, Any]) -> None:
    mark = read_mark(data)
    if mark is not None and claim["identity"] != str(mark.identity):
        raise NotOurDatabase(f"The database in {home} belongs to another shop than {data}; name the right folder.")


def _claim(home: Path, data: Path) -> None:
    """Writes into a database folder outside of `data` that it is the one of `data`."""
    folder = data.resolve()
    known = _read_claim(home)
    if known is not None and read_mark(folder) is None:
        write_mark(folder, FolderMark(UUID(known["identity"]), founded=True))
    identity = make_mark(folder).identity
    write_whole(home / _CLAIM, {"identity": str(identity), "folder": str(folder), "inode": _inode(folder)})


def _read_claim(home: Path) -> dict[str, Any] | None:
    try:
        claim: dict[str, Any] = json.loads((home / _CLAIM).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise NotOurDatabase(f"{home / _CLAIM}, which says whose database this is, is damaged.") from error
    return claim


def _inode(folder: Path) -> list[int]:
    found = folder.stat()
    return [found.st_dev, found.st_ino]


def _fresh_home(data: Path, owner: Owner) -> Path:
    if not owner.is_other_user or everyone_can_enter(data):
        return data.resolve() / INSIDE
    return SHARED_FOLDER / make_mark(data).identity.hex


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
    """The folder of the socket: in `home`, or in a short place when the path would be too long.

    Or when it has a comma, at which PostgreSQL divides lists of hosts.
    """
    folder = home / "run"
    if "," in str(folder) or len(os.fsencode(folder / ".s.PGSQL.5432")) > _LONGEST_SOCKET_PATH:
        base = SHARED_FOLDER if owner.is_other_user else Path(tempfile.gettempdir())
        folder = base / f"ct-{os.geteuid()}-{_mark(home)}"
    folder.mkdir(mode=0o711 if owner.is_other_user else 0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid not in {os.geteuid(), owner.uid}:
        raise SetupProblem(f"The folder {folder} belongs to somebody else; remove it and try again.")
    owner.take(folder)
    return folder
