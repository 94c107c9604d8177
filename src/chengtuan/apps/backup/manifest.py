"""What a backup says of itself, and whether it is what it says."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from chengtuan.apps.embedded.problems import SetupProblem

FORMAT = 1
MANIFEST, DUMP, FILES = "backup.json", "database.dump", "files.tar"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """`revisions` by schema, `keys` as check values in hex, `files` as size and SHA-256 by name.

    `broken_rules` were broken in the shop itself when the backup was made.
    """

    version: str
    taken_at: str
    identity: str
    postgres: str
    revisions: Mapping[str, str]
    keys: Mapping[str, str]
    counts: Mapping[str, int]
    broken_rules: list[str]
    files: Mapping[str, Mapping[str, Any]]
    format: int = FORMAT

    @property
    def shop(self) -> UUID:
        return UUID(self.identity)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises SetupProblem for what is no backup, or one of a format that this release does not know."""
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SetupProblem(
            f"{folder} is no backup, or one that was interrupted: there is no {MANIFEST} in it."
        ) from error
    except (OSError, ValueError) as error:
        raise SetupProblem(f"The backup in {folder} is damaged: its {MANIFEST} cannot be read.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SetupProblem(f"The backup in {folder} was made by another release, whose format is not known here.")
    try:
        return Manifest(**document)
    except TypeError as error:
        raise SetupProblem(f"The backup in {folder} is damaged: its {MANIFEST} is not complete.") from error


def describe_file(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def refuse_damaged(folder: Path, manifest: Manifest) -> None:
    """Raises SetupProblem unless every file of the backup is there as it was written."""
    for name in (DUMP, FILES):
        path = folder / name
        if not path.is_file() or describe_file(path) != dict(manifest.files.get(name, {})):
            raise SetupProblem(f"The backup in {folder} is damaged: {name} is not what was written; take another one.")
