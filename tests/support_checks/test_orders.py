"""That an order which is asked for in a state is in it, and the books are right."""

from typing import get_args

import pytest

from tests.support.orders import NEVER, Kind, State, order
from tests.support.shop import open_shop
from tests.support.world import World

WANTED = [(kind, state) for kind in get_args(Kind) for state in get_args(State) if (kind, state) not in NEVER]


@pytest.mark.parametrize(("kind", "state"), WANTED)
async def test_an_order_is_in_the_state_that_was_asked_for(world: World, kind: Kind, state: State) -> None:
    shop = await open_shop(world)
    for _ in range(2):
        made = await order(shop, state, kind)
        assert (await made.buyer.see(made.id))["status"] == state


async def test_what_never_is_cannot_be_asked_for(world: World) -> None:
    shop = await open_shop(world)
    for kind, state in NEVER:
        with pytest.raises(ValueError, match="is ever"):
            await order(shop, state, kind)
