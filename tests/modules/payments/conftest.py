import shutil
from collections.abc import AsyncIterator
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
from tests.support.rows import ask, empty_tables
from tests.support.world import SANDBOX

GUARDS = """
    select conrelid::regclass::text, conname from pg_constraint where connamespace = 'payments'::regnamespace
    union all select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal
    union all select indrelid::regclass::text, indexrelid::regclass::text from pg_index
    order by 1, 2"""


class Databases:
    """One for a test after the other, as long as its guards are as they were made."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._run("create database template_payments")
        migrate(cluster.dsn("template_payments"), [PAYMENTS])
        self._renew()

    def empty(self) -> str:
        """The address of a migrated database without rows."""
        if ask(self._url, GUARDS) != self._guards:
            self._renew()
        empty_tables(self._url)
        return self._url

    def _renew(self) -> None:
        name = f"payments_{uuid4().hex}"
        self._run(f"create database {name} template template_payments")
        self._url = self._cluster.dsn(name)
        self._guards = ask(self._url, GUARDS)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._cluster.dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def payments_databases(cluster: Cluster) -> Databases:
    return Databases(cluster)


@pytest.fixture
def payments_url(payments_databases: Databases) -> str:
    """A database without rows, whose guards a negative control may pull out: the next test gets another one then."""
    return payments_databases.empty()


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
