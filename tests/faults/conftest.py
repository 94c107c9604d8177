from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.faults.customers import Customers
from tests.faults.system import System, running_system


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """The whole product in processes of its own, shared by the tests of a file: each has its own product."""
    async with running_system(
        tmp_path_factory.mktemp("faults"), server_environ={"CHENGTUAN_REQUEST_TIMEOUT_S": "4"}
    ) as system:
        yield system


@pytest.fixture
async def customers(system: System) -> AsyncIterator[Customers]:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        yield Customers(system, http)
