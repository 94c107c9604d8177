"""The gatherer: alone at once, in company together, and everybody gets their own."""

import asyncio
from collections.abc import Sequence

import pytest

from chengtuan.platform.gather import Gatherer


class Shelf:
    """Finds ten times the number; odd numbers are not there, 13 breaks the query."""

    def __init__(self) -> None:
        self.queries: list[set[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def find(self, keys: Sequence[int]) -> dict[int, int]:
        self.queries.append(set(keys))
        await self.open.wait()
        if 13 in keys:
            raise ValueError("thirteen")
        return {key: key * 10 for key in keys if key % 2 == 0}


async def test_a_lonely_look_up_is_asked_at_once() -> None:
    shelf = Shelf()
    assert await Gatherer(shelf.find).find(4) == 40
    assert await Gatherer(shelf.find).find(5) is None


async def test_what_is_asked_during_a_query_goes_together_into_the_next_which_starts_later() -> None:
    shelf = Shelf()
    shelf.open.clear()
    gatherer = Gatherer(shelf.find, parallel=1)
    first = asyncio.create_task(gatherer.find(2))
    await asyncio.sleep(0.01)
    late = [asyncio.create_task(gatherer.find(n)) for n in (4, 6, 7, 4)]
    await asyncio.sleep(0.01)
    assert shelf.queries == [{2}], "a running query cannot know what was written after it began"
    shelf.open.set()
    assert await asyncio.gather(first, *late) == [20, 40, 60, None, 40]
    assert shelf.queries == [{2}, {4, 6, 7}]


async def test_a_failing_query_fails_those_who_asked_and_nobody_later() -> None:
    gatherer = Gatherer(Shelf().find, parallel=1)
    failed = await asyncio.gather(gatherer.find(13), gatherer.find(2), return_exceptions=True)
    assert [type(one) for one in failed] == [ValueError, ValueError]
    assert await gatherer.find(2) == 20


async def test_somebody_who_leaves_disturbs_nobody() -> None:
    shelf = Shelf()
    shelf.open.clear()
    gatherer = Gatherer(shelf.find)
    leaving, staying = (asyncio.create_task(gatherer.find(n)) for n in (2, 4))
    await asyncio.sleep(0.01)
    leaving.cancel()
    shelf.open.set()
    assert await staying == 40
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_whoever_asks_at_the_moment_a_worker_ends_is_answered() -> None:
    async def find(keys: Sequence[int]) -> dict[int, int]:
        return {key: key for key in keys}

    gatherer: Gatherer[int, int] = Gatherer(find, parallel=1)

    async def ask() -> None:
        for key in range(3):  # each look-up is asked in the very step in which the last worker leaves
            assert await gatherer.find(key) == key

    await asyncio.wait_for(ask(), 2)
