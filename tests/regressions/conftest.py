import pytest

from tests.api.test_shop_pages import dist, visitor
from tests.support.shop import Shop, open_shop
from tests.support.world import World

__all__ = ["dist", "visitor"]


@pytest.fixture
async def shop(world: World) -> Shop:
    return await open_shop(world)
