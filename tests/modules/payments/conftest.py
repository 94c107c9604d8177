import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.payments.module import PAYMENTS
from chengtuan.platform.migrations import migrate
from tests.modules.payments.stage import Stage, open_payments, open_stage_of
from tests.support.rows import ask, empty_tables
from tests.support.world import Application

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


class Applications:
    """One over each of those databases."""

    def __init__(self, folder: Path, clock: MovableClock) -> None:
        self._folder = folder
        self._clock = clock
        self._open = contextlib.AsyncExitStack()
        self._url = ""
        self._application: Application | None = None

    async def over(self, url: str) -> Application:
        if self._application is None or url != self._url:
            await self.close()
            opening = open_payments(url, self._folder / url.rpartition("payments_")[2].partition("?")[0], self._clock)
            self._url, self._application = url, await self._open.enter_async_context(opening)
        return self._application

    async def close(self) -> None:
        await self._open.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def payments_applications(
    tmp_path_factory: pytest.TempPathFactory, hands: MovableClock
) -> AsyncIterator[Applications]:
    applications = Applications(tmp_path_factory.mktemp("payments"), hands)
    yield applications
    await applications.close()


@pytest.fixture
async def stage(payments_url: str, payments_applications: Applications, clock: MovableClock) -> AsyncIterator[Stage]:
    application = await payments_applications.over(payments_url)
    async with application.lent(), open_stage_of(application) as made:
        yield made
