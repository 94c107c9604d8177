"""Fixtures that every test may ask for."""

import gc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
import pytest_asyncio
import structlog

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.migrations import migrate
from tests.support import idle
from tests.support.compiled import compile_validators_once
from tests.support.hanging import pytest_configure, pytest_runtest_protocol
from tests.support.invariants import all_is_well, violations
from tests.support.rows import empty_tables
from tests.support.spent import (
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)
from tests.support.world import Application, World, open_application, open_world_of

__all__ = [
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_terminal_summary",
]

configure_logs("warning")
structlog.configure(cache_logger_on_first_use=False)  # so that a test may listen to loggers that spoke before
compile_validators_once()
idle.listen()

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on a Monday."""


def pytest_collection_finish() -> None:
    """What is there by now stays: to look through it again and again for garbage took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Where logs go is the same for every test, whatever the one before did to hear them."""
    were = structlog.get_config()
    yield
    structlog.configure(**were)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL of this test process's own, from the same binaries as the product's.

    It need not outlive the machine's power.
    """
    careless = {"fsync": "off", "full_page_writes": "off"}
    cluster = Cluster.for_data(tmp_path_factory.mktemp("pg"), password="only-for-tests", settings=careless)
    cluster.init()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def template_url(cluster: Cluster) -> str:
    """A database with every module's tables, to be copied."""
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database template_shop")
    migrate(cluster.dsn("template_shop"), MANIFESTS)
    return cluster.dsn("template_shop")


@pytest.fixture(scope="session")
def session_database_url(cluster: Cluster, template_url: str) -> str:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create database shop template template_shop")
    return cluster.dsn("shop")


@pytest.fixture
def database_url(session_database_url: str) -> str:
    """A migrated database without rows."""
    empty_tables(session_database_url)
    return session_database_url


@pytest.fixture(scope="session")
def hands() -> MovableClock:
    """One clock for all tests of a process: what is built once holds it."""
    return MovableClock(NOON)


@pytest.fixture
def clock(hands: MovableClock) -> MovableClock:
    """It stands at noon until the test moves it."""
    hands.move_to(NOON)
    return hands


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def application(
    session_database_url: str, hands: MovableClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Application]:
    """Built once in a process; `world` has it for each test as if it had just started."""
    data = tmp_path_factory.mktemp("application") / "data"
    async with open_application(session_database_url, data, hands) as application:
        yield application


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, database_url: str, clock: MovableClock, application: Application
) -> AsyncIterator[World]:
    """The whole system in this process; nothing happens behind the test's back.

    Whatever a test did, no rule of the books may be broken at its end; one that breaks them on purpose says
    `@pytest.mark.damages`. And no statement may have been sent that could concern nobody.
    """
    idle.sent.clear()
    async with application.lent(), open_world_of(application) as world:
        yield world
    assert idle.sent == []
    if request.node.get_closest_marker("damages") is None and not all_is_well(database_url):
        assert violations(database_url, settled=False) == []


@pytest.fixture
def client(world: World) -> httpx.AsyncClient:
    """Anybody's requests to the whole application."""
    return world.client
