import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.gateways.sandbox import initialise
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.payments.module import PAYMENTS
from chengtuan.platform.migrations import migrate
from tests.modules.payments.stage import Stage, open_stage
from tests.support.world import SANDBOX


@pytest.fixture(scope="session")
def payments_template(cluster: Cluster) -> str:
    name = "template_payments"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    migrate(cluster.dsn(name), [PAYMENTS])
    return name


@pytest.fixture
def payments_url(cluster: Cluster, payments_template: str) -> Iterator[str]:
    """A database of this test's own, so that a negative control may pull its guards out."""
    name = f"payments_{uuid4().hex}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {name} template {payments_template}")
        yield cluster.dsn(name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def sandbox_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: RSA keys take longer than most tests."""
    folder = tmp_path_factory.mktemp("sandbox-keys")
    initialise(folder, public_url=SANDBOX)
    return folder


@pytest.fixture
async def stage(payments_url: str, sandbox_keys: Path, tmp_path: Path, clock: MovableClock) -> AsyncIterator[Stage]:
    shutil.copytree(sandbox_keys, tmp_path, dirs_exist_ok=True)
    async with open_stage(payments_url, tmp_path, clock) as made:
        yield made
