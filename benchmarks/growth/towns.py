"""The installation of a town: made and filled once, and kept where somebody says so."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.growth.fill import Size, fill_town
from benchmarks.system import System
from chengtuan.apps.embedded import Cluster
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.secrets import load_or_make_secrets
from chengtuan.gateways.sandbox import initialise
from chengtuan.platform.crypto import KeyRing
from tests.support.ports import free_port

_PASSWORD = "only-here"
_FILLED = "filled.json"
_DATABASE = "chengtuan"


@contextmanager
def town(folder: Path, size: Size, *, keep: bool) -> Iterator[System]:
    """A filled installation. One that is kept is brought up to date by migrations when it is used again."""
    data = folder / f"{size.products}-{size.orders}-{size.hot_groups}"
    data.mkdir(parents=True, exist_ok=True)
    cluster = Cluster.for_data(data, password=_PASSWORD)
    fresh = cluster.init()
    try:
        cluster.start()
        if fresh:
            create_database(cluster, _DATABASE)
        port, sandbox_port = free_port(), free_port()
        initialise(data, public_url=f"http://127.0.0.1:{sandbox_port}")
        secrets = load_or_make_secrets(data, database_exists=not fresh)
        own = {name: value for name, value in os.environ.items() if not name.startswith("CHENGTUAN_")}
        environment = base_environment(own, data=data, port=port, secrets=secrets, database_url=cluster.dsn(_DATABASE))
        environment = with_sandbox(environment, data=data, desk_url=f"http://127.0.0.1:{sandbox_port}/")
        environment["CHENGTUAN_LOG_LEVEL"] = "warning"
        bring_up_to_date(environment)
        system = System(data, cluster, port, sandbox_port, environment)
        _fill_once(system, size)
        yield system
    finally:
        cluster.stop() if keep else cluster.remove()


def _fill_once(system: System, size: Size) -> None:
    done = system.data / _FILLED
    if done.exists():
        return
    keys = KeyRing.parse(system.environment["CHENGTUAN_FIELD_KEY"], system.environment["CHENGTUAN_INDEX_KEY"])
    fill_town(system.database_url, keys, size, datetime.now(UTC).replace(microsecond=0))
    done.write_text(json.dumps(asdict(size)))
