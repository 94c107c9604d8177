"""The virtual environment: made by any Python that fits, filled from the locked requirements."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.progress import ROOT, StepFailed, run_step, say
from scripts.stamps import Stamp

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
_STAMPS = VENV / ".stamps"  # they go with the environment that they speak of
_CHECK = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))"


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
    if uv := shutil.which("uv"):
        try:
            run_step(doing, [uv, "pip", "install", "--python", PYTHON, *locked], log_name="uv")
        except StepFailed:
            say("          uv could not do it; trying pip")  # it does not read pip's settings
        else:
            return
    if importlib.util.find_spec("pip", None) is None and not _venv_has_pip():
        raise StepFailed("The virtual environment has no pip; remove .venv and run the same command again.")
    run_step(doing, [PYTHON, "-m", "pip", "install", "--quiet", *locked], log_name=f"pip-{requirements.stem}")


def _venv_has_pip() -> bool:
    done = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False)
    return done.returncode == 0


def _venv_version() -> str | None:
    """The version of the virtual environment's Python, None when it cannot be used."""
    try:
        done = subprocess.run([PYTHON, "-c", _CHECK], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _make_venv() -> str:
    if VENV.exists():
        say(f"  The Python of {VENV} is gone or too old; making it anew.")
        shutil.rmtree(VENV)
    doing = f"Making .venv with Python {sys.version_info.major}.{sys.version_info.minor}"
    if uv := shutil.which("uv"):
        run_step(doing, [uv, "venv", "--seed", "--python", sys.executable, VENV], log_name="venv")
    elif importlib.util.find_spec("ensurepip") is None:
        raise StepFailed(
            f"{sys.executable} cannot make virtual environments; install what is missing, "
            "for example: apt install python3-venv"
        )
    else:
        run_step(doing, [sys.executable, "-m", "venv", VENV], log_name="venv")
    return _venv_version() or ""


def _install_product(version: str) -> None:
    """Installs the product so that changes in `src` count at once; the locked hatchling builds it."""
    product = Stamp("product", [ROOT / "pyproject.toml"], extra=f"{version} {ROOT}", folder=_STAMPS)
    if product.is_current and (VENV / "bin" / "chengtuan").exists():
        return
    product.forget()
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    run_step("Installing Chengtuan itself", [*command, "-e", str(ROOT)], log_name="product")
    product.set()
