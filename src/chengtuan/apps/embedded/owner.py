"""The system user that PostgreSQL runs as, because it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from chengtuan.apps.embedded.problems import SetupProblem

SYSTEM_USER = "chengtuan"


class ProcessIdentity(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Owner:
    """The user that owns the cluster's files; `None` means whoever runs this process."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_other_user(self) -> bool:
        return self.uid is not None

    def identity(self) -> ProcessIdentity:
        """How to start a process as this user."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Makes `path` this user's own."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def owner_of(files: Path | None) -> Owner:
    """The user for a cluster: ourselves, or for root whoever owns its `files`.

    New files get the system user, which is created on first need.
    """
    if os.geteuid() != 0:
        return Owner()
    if files is not None and files.exists() and files.stat().st_uid != 0:
        return Owner(files.stat().st_uid, files.stat().st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Owner(entry.pw_uid, entry.pw_gid)


def _create_system_user() -> None:
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin:/bin") or "/bin/false"
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", shell, SYSTEM_USER]
    elif adduser := shutil.which("adduser", path="/usr/sbin:/sbin:/usr/bin:/bin"):  # BusyBox
        command = [adduser, "-S", "-D", "-H", "-s", "/bin/false", SYSTEM_USER]
    else:
        raise SetupProblem(
            "PostgreSQL refuses to run as root and this system has neither useradd nor adduser; "
            "run the same command as a normal user."
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupProblem(f"The system user {SYSTEM_USER!r} could not be created: {done.stderr.strip()}")


def everyone_can_enter(folder: Path) -> bool:
    """Whether another user may pass through `folder` and everything above it."""
    resolved = folder.resolve()
    return all(each.stat().st_mode & 0o001 for each in (resolved, *resolved.parents) if each.is_dir())
