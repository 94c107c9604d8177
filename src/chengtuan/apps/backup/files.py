"""What a shop keeps beside its database: pictures, the demo's accounts, the sandbox's books."""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem

_KEPT = ("media", "demo-accounts.json", "sandbox")
_PART = ".part"
_SANDBOX_LEDGER = "ledger.sqlite3"


def pack(data: Path, to: Path) -> None:
    """Everything to keep of the data folder, except database and keys. Uploads under way are left out."""
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in _KEPT:
            if (data / name).exists():
                archive.add(data / name, name, filter=_wanted)
        ledger = data / "sandbox" / _SANDBOX_LEDGER
        if ledger.exists():
            _add_ledger(archive, ledger)


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = os.path.basename(member.name)  # noqa: PTH119  (a name inside the archive)
    if name.endswith(_PART) or name.startswith(_SANDBOX_LEDGER) or not (member.isfile() or member.isdir()):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _add_ledger(archive: tarfile.TarFile, ledger: Path) -> None:
    """The sandbox may be writing, so its book is copied by SQLite itself."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / _SANDBOX_LEDGER
        source, target = sqlite3.connect(ledger), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        archive.add(copy, f"sandbox/{_SANDBOX_LEDGER}", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def unpack(archive: Path, data: Path) -> None:
    """Raises SetupProblem for an archive with anything that would land outside of `data`.

    Written out, because `extractall(filter="data")` is not in every Python that we promise: it came with 3.11.4.
    """
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                _unpack_one(opened, member, data)
    except (tarfile.TarError, OSError) as error:
        raise SetupProblem(f"The files of the backup could not be unpacked into {data}: {error}.") from error


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, data: Path) -> None:
    target = data / member.name
    if not target.resolve().is_relative_to(data.resolve()):
        raise tarfile.TarError(f"{member.name} would lie outside")
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    source = archive.extractfile(member) if member.isfile() else None
    if source is None:
        raise tarfile.TarError(f"{member.name} is neither a file nor a folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    target.chmod(0o600 | member.mode & 0o755)  # never writable for others
