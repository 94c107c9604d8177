import contextlib
from collections.abc import AsyncIterator

import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import Database
from tests.platform.bench import CONSUMER, PROBE, database


@pytest.fixture
async def consumer(database_url: str, clock: MovableClock) -> AsyncIterator[Database]:
    """A module's database with a table for a test's effects."""
    db = database(database_url, clock, CONSUMER)
    await db.open()
    async with db.write() as tx:
        await tx.execute(PROBE)
    yield db
    with contextlib.suppress(psycopg.Error):
        async with db.write() as tx:
            await tx.execute("drop table if exists probe")
    await db.close()
