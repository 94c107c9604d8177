"""A whole installation for the length of a measurement: database, partners' sandbox, one server."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost import Gauge
from chengtuan.apps.embedded import Cluster
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.secrets import load_or_make_secrets
from chengtuan.gateways.sandbox import initialise
from tests.support.ports import free_port

_DATABASE = "chengtuan"
_READY_S = 240.0
OPEN_DOORS = {"CHENGTUAN_FLASH_HOLDS_PER_SECOND": "100000", "CHENGTUAN_FLASH_TICKETS_PER_ADDRESS": "10000000"}
"""The pace at which people are let into flash sales is no limit, and the one address of the load is no suspect."""


@dataclass(frozen=True)
class System:
    """`environment` is that of the product's processes."""

    data: Path
    cluster: Cluster
    port: int
    sandbox_port: int
    environment: Mapping[str, str]

    @property
    def database_url(self) -> str:
        return self.cluster.dsn(_DATABASE)

    @contextlib.contextmanager
    def processes(self) -> Iterator[Gauge]:
        """Sandbox and server run inside; the gauge reads what they and the database use."""
        sandbox = ["-m", "chengtuan.gateways.sandbox", "--port", str(self.sandbox_port), "--data", str(self.data)]
        server = ["-m", "benchmarks.target", str(self.port)]
        postmaster = self.cluster.pid
        assert postmaster is not None, "it was started with the system"
        with (
            self._process("sandbox", sandbox, self.sandbox_port) as sandbox_id,
            self._process("server", server, self.port) as server_id,
        ):
            yield Gauge(server_id, sandbox_id, postmaster, self.database_url, self.port)

    @contextlib.contextmanager
    def _process(self, name: str, arguments: list[str], port: int) -> Iterator[int]:
        log = self.data / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen([sys.executable, *arguments], env=self.environment, stdout=output, stderr=output)
        try:
            _wait_until_ready(process, port, log)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def fresh_system(data: Path, *, port: int | None = None) -> Iterator[System]:
    """A migrated, empty installation in the folder `data`; everything is gone afterwards."""
    port, sandbox_port = (port, port + 1) if port else (free_port(), free_port())
    cluster = Cluster.for_data(data, password=secrets.token_urlsafe(16))
    cluster.init()
    try:
        cluster.start()
        create_database(cluster, _DATABASE)
        url = cluster.dsn(_DATABASE)
        initialise(data, public_url=f"http://127.0.0.1:{sandbox_port}")
        keys = load_or_make_secrets(data, database_exists=False)
        own = {name: value for name, value in os.environ.items() if not name.startswith("CHENGTUAN_")}
        environment = base_environment(own, data=data, port=port, secrets=keys, database_url=url)
        environment = with_sandbox(environment, data=data, desk_url=f"http://127.0.0.1:{sandbox_port}/")
        environment |= {"CHENGTUAN_LOG_LEVEL": "warning"} | OPEN_DOORS
        bring_up_to_date(environment)
        yield System(data, cluster, port, sandbox_port, environment)
    finally:
        cluster.remove()


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up = time.monotonic() + _READY_S
    while time.monotonic() < give_up and process.poll() is None:
        if _answers(port):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the process on port {port} did not become ready:\n{log.read_text()[-2000:]}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:  # URLError is one, and so is everything else a starting server does
        return False
