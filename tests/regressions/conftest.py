import pytest

from tests.support.shop import Shop, open_shop
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> Shop:
    return await open_shop(world)
