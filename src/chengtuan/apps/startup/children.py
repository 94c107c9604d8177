"""The processes of a running copy: PostgreSQL, the partners' sandbox, the servers."""

import asyncio
import signal
from collections.abc import Mapping

from chengtuan.apps.embedded.cluster import Cluster, is_aftermath
from chengtuan.apps.startup.commands import chengtuan_command
from chengtuan.apps.supervisor.child import ChildSpec
from chengtuan.apps.supervisor.probes import http_ready

HOST = "127.0.0.1"
_CRASH_RECOVERY_S = 300.0


def postgres_child(cluster: Cluster) -> ChildSpec:
    """The database server as our child; SIGINT is its fast and clean way to stop."""

    async def answers() -> bool:
        return await asyncio.to_thread(cluster.answers)

    return ChildSpec(
        name="postgres",
        command=cluster.foreground_command(),
        environment=cluster.programs.environment(),
        identity=cluster.programs.owner.identity(),
        is_ready=answers,
        ready_wait_s=_CRASH_RECOVERY_S,
        before_start=cluster.clear_stale_locks,
        may_pass=is_aftermath,
        stop_signal=signal.SIGINT,
        stop_wait_s=60,
    )


def sandbox_child(environment: Mapping[str, str], port: int) -> ChildSpec:
    """The partners' sandbox with its desk on `port`."""
    return ChildSpec(
        name="sandbox",
        command=chengtuan_command("sandbox", "--port", str(port)),
        environment=environment,
        is_ready=http_ready(HOST, port),
    )


def server_child(environment: Mapping[str, str], port: int) -> ChildSpec:
    """The one server that holds all modules, on `port`."""
    return ChildSpec(
        name="server",
        command=chengtuan_command("serve", "--port", str(port)),
        environment=environment,
        is_ready=http_ready(HOST, port),
    )
