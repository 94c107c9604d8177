"""The virtual environment: made by any Python that fits, filled from the locked requirements."""

import contextlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.progress import ROOT, StepFailed, run_step, say
from scripts.stamps import STAMPS, Stamp

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
_STAMPS = VENV / ".stamps"  # they go with the environment that they speak of
_UNFINISHED = STAMPS / "venv-unfinished"
# pip too: it installs the product, and an environment that was interrupted early has none
_CHECK = "import sys, pip; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))"


def ensure_python(kind: str) -> None:
    """Makes `.venv` hold the locked packages of `kind` (`runtime` or `dev`) and the product itself."""
    version = _venv_version() or _make_venv()
    # `dev` holds all of `runtime` in the same versions, so one stamp may stand for the other.
    lists = [REQUIREMENTS / f"{kind}.txt", REQUIREMENTS / "build.txt"]
    packages = Stamp(f"python-{kind}", lists, extra=version, folder=_STAMPS)
    if not packages.is_current:
        packages.forget()
        for path in lists:
            install(path)
        packages.set()
    _install_product(version)


def install(requirements: Path) -> None:
    """Installs a locked list into the virtual environment, with uv where there is one."""
    doing = f"Installing the Python packages of {requirements.relative_to(ROOT)}"
    locked = ["--require-hashes", "-r", str(requirements)]
    with _whole_or_made_anew():
        if uv := shutil.which("uv"):
            try:
                run_step(doing, [uv, "pip", "install", "--python", PYTHON, *locked], log_name="uv")
            except StepFailed:
                say("          uv could not do it; trying pip")  # it does not read pip's settings
            else:
                return
        run_step(doing, [PYTHON, "-m", "pip", "install", "--quiet", *locked], log_name=f"pip-{requirements.stem}")


@contextlib.contextmanager
def _whole_or_made_anew() -> Iterator[None]:
    """Leaves a mark if the work inside is cut short, by whatever: the next command makes the environment anew.

    pip takes a half-written package for an installed one, so going on in the same environment would break it for good.
    """
    _UNFINISHED.touch()
    try:
        yield
    except StepFailed:  # pip has said what is wrong and undone its own work
        _UNFINISHED.unlink()
        raise
    _UNFINISHED.unlink()


def _venv_version() -> str | None:
    """The version of the virtual environment's Python, None when it cannot be used."""
    if _UNFINISHED.exists():
        return None
    try:
        done = subprocess.run([PYTHON, "-c", _CHECK], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _make_venv() -> str:
    if VENV.exists():
        why = "was interrupted" if _UNFINISHED.exists() else "has no Python that can be used"
        say(f"  {VENV.name} {why}; making it anew.")
        shutil.rmtree(VENV)
    doing = f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor}"
    with _whole_or_made_anew():
        if uv := shutil.which("uv"):
            run_step(doing, [uv, "venv", "--seed", "--python", sys.executable, VENV], log_name="venv")
        elif importlib.util.find_spec("ensurepip") is None:
            raise StepFailed(
                f"{sys.executable} cannot make virtual environments; install what is missing, "
                "for example: apt install python3-venv"
            )
        else:
            run_step(doing, [sys.executable, "-m", "venv", VENV], log_name="venv")
    version = _venv_version()
    if version is None:
        raise StepFailed(f"{VENV.name} was made with {sys.executable}, but its Python or its pip does not run.")
    return version


def _install_product(version: str) -> None:
    """Installs the product so that changes in `src` count at once; the locked hatchling builds it."""
    product = Stamp("product", [ROOT / "pyproject.toml"], extra=f"{version} {ROOT}", folder=_STAMPS)
    if product.is_current and (VENV / "bin" / "chengtuan").exists():
        return
    product.forget()
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    with _whole_or_made_anew():
        run_step("Installing Chengtuan itself", [*command, "-e", str(ROOT)], log_name="product")
    product.set()
