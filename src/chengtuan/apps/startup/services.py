"""The servers of a topology other than `single`: a process per service, and nginx before them."""

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.nginx import nginx_conf, nginx_word
from chengtuan.apps.startup.children import HOST
from chengtuan.apps.startup.commands import chengtuan_command
from chengtuan.apps.startup.environment import BUILT_CLIENTS
from chengtuan.apps.supervisor.checks import check_port
from chengtuan.apps.supervisor.child import ChildSpec
from chengtuan.apps.supervisor.probes import http_ready
from chengtuan.apps.topology import BadTopology, Topology, load_topology
from chengtuan.platform.settings import PlatformSettings

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def service_children(environment: Mapping[str, str], name: str, port: int) -> list[ChildSpec]:
    """The processes of the topology `name`, and nginx on `port`. Raises `SetupProblem`."""
    try:
        topology = load_topology(name)
    except BadTopology as error:
        raise SetupProblem(f"{error}.") from error
    specs: list[ChildSpec] = []
    for process in topology.processes:
        own_port = port + process.port_offset
        check_port(HOST, own_port, what=process.name)
        own = ("--topology", name, "--process", process.name, "--base-port", str(port))
        specs.append(
            ChildSpec(
                name=process.name,
                command=chengtuan_command("serve", "--port", str(own_port), *own),
                environment=environment,
                is_ready=http_ready(HOST, own_port),
            )
        )
    try:
        return [*specs, nginx_child(environment, topology, port)]
    except BadTopology as error:
        raise SetupProblem(f"{error}.") from error


def nginx_child(environment: Mapping[str, str], topology: Topology, port: int) -> ChildSpec:
    """nginx on `port` before the topology's processes. Raises SetupProblem, BadTopology."""
    program = shutil.which("nginx", path=f"{environment.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise SetupProblem(
            f"The topology {topology.name} needs nginx, and none was found; install it, "
            "for example: apt install nginx-light"
        )
    folder = Path(environment["CHENGTUAN_DATA"]) / "nginx"
    folder.mkdir(exist_ok=True)
    (folder / "nginx.conf").write_text(_configuration(environment, topology, port, folder))
    directives = f"daemon off; pid {nginx_word(folder / 'nginx.pid')}; error_log stderr warn;{_user()}"
    return ChildSpec(
        name="nginx",
        command=[program, "-p", f"{folder}/", "-c", str(folder / "nginx.conf"), "-g", directives],
        environment=environment,
        is_ready=http_ready(HOST, port),
    )


def _configuration(environment: Mapping[str, str], topology: Topology, port: int, folder: Path) -> str:
    clients = Path(environment.get("CHENGTUAN_CLIENT_DIST") or BUILT_CLIENTS).resolve()
    root = {
        "media": Path(environment["CHENGTUAN_DATA"]) / "media",
        "shop": clients / "shop",
        "console": clients / "console",
    }
    # The places that nginx was compiled with can be written by root only.
    places = "".join(f"  {each}_temp_path {nginx_word(folder / each)};\n" for each in _TEMPORARY)
    limit_s = PlatformSettings.model_fields["request_timeout_s"].default
    with contextlib.suppress(ValueError):  # the processes say so when they start
        limit_s = float(environment.get("CHENGTUAN_REQUEST_TIMEOUT_S") or limit_s)
    base = nginx_conf(topology, listen=port, base_port=port, root=root, request_timeout_s=limit_s)
    return base.replace("http {\n", f"http {{\n{places}", 1)


def _user() -> str:
    """Root's nginx would drop to a user that may not enter the checkout or the data folder."""
    return " user root;" if os.geteuid() == 0 else ""
