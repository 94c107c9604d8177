"""The mark of a data folder: the identity of its shop, which its database and its backups carry too."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from chengtuan.apps.embedded.problems import SetupProblem

MARK_FILE = "identity.json"


@dataclass(frozen=True)
class FolderMark:
    """`founded`: the database carries the identity too, so one that does not is another one."""

    identity: UUID
    founded: bool


def read_mark(data: Path) -> FolderMark | None:
    """The mark of the data folder `data`; None when it has none yet. Raises `SetupProblem`."""
    path = data / MARK_FILE
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return FolderMark(UUID(stored["identity"]), bool(stored["founded"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupProblem(
            f"{path}, which says whose database belongs to this folder, cannot be read; put it back from a copy."
        ) from error


def make_mark(data: Path) -> FolderMark:
    """The mark of `data`, drawn at random when there is none."""
    mark = read_mark(data)
    if mark is None:
        mark = FolderMark(uuid4(), founded=False)
        write_mark(data, mark)
    return mark


def write_mark(data: Path, mark: FolderMark) -> None:
    """Stores the mark; a crash leaves the old one or the new one."""
    write_whole(data / MARK_FILE, {"identity": str(mark.identity), "founded": mark.founded})


def write_whole(path: Path, document: dict[str, object]) -> None:
    """Writes a JSON file so that under its name there is the old content or the new one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as opened:
            opened.write(json.dumps(document, indent=1) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SetupProblem(f"{path} cannot be written: {error.strerror}.") from error
