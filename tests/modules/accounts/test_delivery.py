"""A person waits for the code: with the background running it is there within a second."""

import asyncio
import time

import pytest

from tests.modules.accounts.support import ask_code, inbox
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def test_the_code_arrives_within_a_second(world: World) -> None:
    async with world.composition.background():
        await asyncio.sleep(0.3)  # the runners are idle, as they are when somebody comes along
        began = time.perf_counter()
        assert (await ask_code(world)).status_code == 202
        while not await inbox(world):
            assert time.perf_counter() - began < 1, "it took too long"
            await asyncio.sleep(0.01)
