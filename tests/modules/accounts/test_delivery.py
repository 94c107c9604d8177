"""A person waits for the code: with the background running it is sent at once, and not when somebody looks next."""

import asyncio
from datetime import timedelta

import pytest

from chengtuan.apps import works
from chengtuan.platform import job_runner
from tests.modules.accounts.support import ask_code, inbox
from tests.support.world import World

pytestmark = pytest.mark.postgres


async def test_the_code_is_sent_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runner, "LOOK_AGAIN", timedelta(hours=1))  # nobody looks by himself
    async with works.background(world.composition):
        await asyncio.sleep(0.3)  # the runners are idle, as they are when somebody comes along
        assert (await ask_code(world)).status_code == 202
        async with asyncio.timeout(20):
            while not await inbox(world):
                await asyncio.sleep(0.01)
