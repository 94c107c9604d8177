"""Which modules run in which process: read from `deploy/topologies/<name>.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.registry import MANIFESTS
from chengtuan.platform.module import ModuleManifest

FOLDER = Path(__file__).parents[3] / "deploy" / "topologies"


class BadTopology(SetupProblem):
    """The file is missing or places a module nowhere, twice, or under an unknown name."""


@dataclass(frozen=True)
class Process:
    """`port_offset` is added to the base port."""

    name: str
    modules: tuple[str, ...]
    port_offset: int


@dataclass(frozen=True)
class Topology:
    name: str
    processes: tuple[Process, ...]

    def process(self, name: str) -> Process:
        """Raises BadTopology."""
        for process in self.processes:
            if process.name == name:
                return process
        raise BadTopology(f"topology {self.name} has no process {name!r}")

    def peers_of(self, name: str, base_port: int, host: str = "127.0.0.1") -> dict[str, str]:
        """Where the modules of the other processes are reached."""
        return {
            module: f"http://{host}:{base_port + process.port_offset}"
            for process in self.processes
            if process.name != name
            for module in process.modules
        }


def load_topology(name: str, manifests: Sequence[ModuleManifest] = MANIFESTS) -> Topology:
    """Raises BadTopology."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.toml")))
        raise BadTopology(f"there is no topology {name!r}; there are: {known}")
    document = tomllib.loads(path.read_text())
    all_modules = tuple(manifest.name for manifest in manifests)
    processes = tuple(
        Process(p["name"], all_modules if p["modules"] == "all" else tuple(p["modules"]), int(p["port_offset"]))
        for p in document["process"]
    )
    _check_complete(name, processes, all_modules)
    return Topology(name, processes)


def _check_complete(name: str, processes: Sequence[Process], all_modules: Sequence[str]) -> None:
    placed = [module for process in processes for module in process.modules]
    if sorted(placed) != sorted(all_modules):
        odd = sorted(set(placed) ^ set(all_modules)) or sorted({m for m in placed if placed.count(m) > 1})
        raise BadTopology(f"topology {name}: each module belongs to exactly one process; look at {', '.join(odd)}")


def describe(topology: Topology, base_port: int) -> str:
    return "\n".join(
        f"{process.name:<12} :{base_port + process.port_offset}  {', '.join(process.modules)}"
        for process in topology.processes
    )
