"""What granian loads: the application of the process named in the environment."""

import contextlib
import gc
import os
from collections.abc import Mapping

import psycopg

from chengtuan.apps.composition import Composition
from chengtuan.apps.ownership import refuse_stranger
from chengtuan.apps.topology import load_topology
from chengtuan.apps.web import create_app
from chengtuan.kernel.clock import clock_for
from chengtuan.platform.http.guard import App
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.settings import PlatformSettings, load_settings

TOPOLOGY = "CHENGTUAN_TOPOLOGY"
PROCESS = "CHENGTUAN_PROCESS"
BASE_PORT = "CHENGTUAN_BASE_PORT"
BACKGROUND = "CHENGTUAN_BACKGROUND"
_NEW_OBJECTS = 5_000
"""So many more objects than before are looked through for garbage: about a megabyte."""


def refuse_stranger_now(environ: Mapping[str, str]) -> None:
    """Raises SetupProblem for a shop that is not ours; one whose database is away is looked at when it is back."""
    with contextlib.suppress(psycopg.OperationalError):
        refuse_stranger(environ)


def composition_from(environ: Mapping[str, str]) -> Composition:
    """The composition of this process. Raises BadSettings, BadTopology."""
    platform = load_settings(PlatformSettings, environ)
    configure_logs(platform.log_level)
    topology = load_topology(environ.get(TOPOLOGY, "single"))
    process = topology.process(environ.get(PROCESS) or topology.processes[0].name)
    return Composition(
        environ=environ,
        clock=clock_for(platform.clock_file),
        modules=process.modules,
        peers=topology.peers_of(process.name, int(environ.get(BASE_PORT, "8000"))),
        admit=lambda: refuse_stranger(environ),
    )


def app() -> App:
    application = create_app(composition_from(os.environ), own_work=os.environ.get(BACKGROUND, "1") == "1")
    collect_less()
    return application


def collect_less() -> None:
    """What a process begins with is never garbage, so it is not looked through for any.

    Nearly all that a request makes is gone with it, without being looked for. With the usual limit of 700 objects the
    collector begins in the middle of every few requests, and goes through all modules every now and then, while
    everybody waits: a sixth of what an order costs, and most of what the slowest one in a hundred waits for.
    While a process begins, the collector may be off altogether; here it is on again.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_NEW_OBJECTS)
