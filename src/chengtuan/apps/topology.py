"""Which modules run in which process: read from `deploy/topologies/<name>.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chengtuan.apps.registry import MANIFESTS
from chengtuan.platform.module import ModuleManifest

FOLDER = Path(__file__).parents[3] / "deploy" / "topologies"


class BadTopology(Exception):
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


def nginx_conf(topology: Topology, *, listen: int, base_port: int, root: Mapping[str, Path]) -> str:
    """An nginx configuration that gives all processes one address; `root` has `media`, `shop`, `console`."""
    lines = ["worker_processes 1;", "events { worker_connections 1024; }", "http {"]
    lines += ["  include /etc/nginx/mime.types;", "  access_log off;", "  client_max_body_size 11m;"]
    lines += ["  server {", f"    listen 127.0.0.1:{listen};"]
    lines += ["    proxy_http_version 1.1;", "    proxy_buffering off;", '    proxy_set_header Connection "";']
    lines += ["    proxy_set_header X-Forwarded-For $remote_addr;", "    proxy_read_timeout 75s;"]
    for process in topology.processes:
        for module in process.modules:
            target = f"http://127.0.0.1:{base_port + process.port_offset}"
            lines.append(f"    location /api/v1/{module}/ {{ proxy_pass {target}; }}")
    first = f"http://127.0.0.1:{base_port + topology.processes[0].port_offset}"
    lines += [f"    location ~ ^/(api/v1/meta|healthz|docs|openapi.json) {{ proxy_pass {first}; }}"]
    lines += ["    location ~ ^/(_facade|_events) { return 404; }"]
    lines += [f"    location /media/ {{ alias {nginx_word(root['media'], '/')}; }}"]
    lines += [f"    location /console/ {{ alias {nginx_word(root['console'], '/')}; }}"]
    lines += [f"    location / {{ root {nginx_word(root['shop'])}; }}", "  }", "}"]
    return "\n".join(lines) + "\n"


def nginx_word(path: Path, end: str = "") -> str:
    """A path as one word of nginx's configuration. Raises BadTopology for what that cannot express."""
    text = f"{path}{end}"
    if "$" in text or "\n" in text:
        raise BadTopology(f"nginx takes a $ for a variable, so it cannot serve {path}; choose a folder without it")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
