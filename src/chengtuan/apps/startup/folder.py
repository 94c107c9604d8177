"""The data folder of one running copy, and what in it is ours."""

import shutil
from pathlib import Path

from chengtuan.apps.embedded.mark import MARK_FILE
from chengtuan.apps.embedded.problems import SetupProblem

RESTORE_MARK = "restoring.json"
SIGNS = ("chengtuan.lock", "secrets.env", MARK_FILE, RESTORE_MARK)
"""Any of these says that a folder is one of ours."""
OURS = (
    *(*SIGNS, "secrets.draft", "demo-accounts.json", ".seeding"),
    *("postgres", "postgres-location", "media", "sandbox", "logs", "nginx"),
)
_MADE_BEFORE = {"sandbox"}
"""What `chengtuan sandbox` may have made in the folder before its first start."""


def prepare_data_folder(data: Path) -> None:
    """Makes the data folder and `logs` in it. Others may enter it, because PostgreSQL's user must.

    Refuses a folder of somebody else's that already has something under one of our names.
    """
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o755)
        _refuse_strange(data)
        (data / "logs").mkdir(exist_ok=True)
        probe = data / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise SetupProblem(
            f"The data folder {data} cannot be used: {error.strerror}; choose another one with DATA=…."
        ) from error


def _refuse_strange(data: Path) -> None:
    if looks_like_ours(data):
        return
    taken = sorted({each.name for each in data.iterdir()} & set(OURS) - _MADE_BEFORE)
    if taken:
        raise SetupProblem(
            f"{data} is no data folder of Chengtuan, but has {taken[0]!r} in it, which would be mixed up with ours; "
            "choose an empty folder with DATA=…."
        )


def looks_like_ours(data: Path) -> bool:
    """Whether `data` is a data folder of Chengtuan."""
    return any((data / name).exists() for name in SIGNS)


def is_ours(name: str) -> bool:
    """Whether a name in a data folder is one that we write, or a draft of one."""
    return name in OURS or any(name.startswith(f"{each}.") for each in OURS)


def refuse_half_restored(data: Path) -> None:
    """Raises SetupProblem when a restore into `data` did not come to its end."""
    if (data / RESTORE_MARK).exists():
        raise SetupProblem(
            f"Restoring a backup into {data} was interrupted; run the same `make restore` again, it starts over."
        )


def remove(path: Path) -> None:
    """Removes a file or folder; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
