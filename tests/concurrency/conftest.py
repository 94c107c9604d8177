from collections.abc import AsyncIterator

import pytest

from tests.concurrency.stage import Stage, open_doors, widen_the_gap
from tests.support.shop import open_shop
from tests.support.world import World


@pytest.fixture
async def stage(world: World, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """A shop with two independent instances of the application before one database, made to race."""
    shop = await open_shop(world, stock=1000)
    widen_the_gap(monkeypatch)
    async with open_doors(shop, database_url) as stage:
        yield stage
