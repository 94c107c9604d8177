"""The provider's limit counts in real time."""

import asyncio
import time

from chengtuan.platform.pace import Pace


async def test_many_at_once_go_through_one_after_the_other() -> None:
    pace = Pace(per_second=100)
    began = time.monotonic()
    await asyncio.gather(*(pace.turn() for _ in range(21)))
    assert time.monotonic() - began >= 0.19


async def test_nobody_waits_after_a_pause() -> None:
    pace = Pace(per_second=2)
    await pace.turn()
    await asyncio.sleep(0.5)
    began = time.monotonic()
    await pace.turn()
    assert time.monotonic() - began < 0.3
