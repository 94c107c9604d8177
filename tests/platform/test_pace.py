"""A partner's limit is one for all processes, and counts in real time."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from chengtuan.kernel.clock import MovableClock, SystemClock
from chengtuan.platform.database import Database
from chengtuan.platform.pace import Pace
from tests.conftest import NOON
from tests.support.world import World

SECOND = timedelta(seconds=1)
PER_SECOND = 10


def database(world: World) -> Database:
    return world.composition.running["payments"].database


def most_in_a_second(turns: list[datetime]) -> int:
    return max(sum(begin <= turn < begin + SECOND for turn in turns) for begin in turns)


async def turns_of_two_processes(world: World, names: tuple[str, str]) -> list[datetime]:
    """Two processes take turns at once, for a second."""
    clock = MovableClock(NOON)
    paces = [Pace(database(world), name, per_second=PER_SECOND, clock=clock) for name in names]
    turns: list[datetime] = []
    for _ in range(10):
        turns += [turn.at for turn in await asyncio.gather(*(pace.claim() for pace in paces * 2))]
        clock.advance(SECOND / 10)
    return sorted(turns)


async def test_all_processes_together_keep_to_the_limit(world: World) -> None:
    turns = await turns_of_two_processes(world, ("calls", "calls"))
    assert len(turns) == 40
    assert min(later - earlier for earlier, later in pairwise(turns)) == SECOND / PER_SECOND
    assert most_in_a_second(turns) <= PER_SECOND


async def test_control_each_with_a_pace_of_its_own_exceeds_it(world: World) -> None:
    assert most_in_a_second(await turns_of_two_processes(world, ("one", "other"))) > PER_SECOND


async def test_nobody_waits_after_a_pause(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, waited = MovableClock(NOON), []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("chengtuan.platform.pace.asyncio.sleep", sleep)
    pace = Pace(database(world), "calls", per_second=2, clock=clock)
    await pace.turn()
    await pace.turn()
    assert waited == [0.5]
    clock.advance(SECOND)
    await pace.turn()
    assert waited == [0.5]


async def test_the_products_clock_does_not_move_it(world: World) -> None:
    world.clock.advance(timedelta(days=1000))
    turn = await Pace(database(world), "calls", per_second=1).claim()
    assert abs(turn.at - SystemClock().now()) < timedelta(hours=1)
    assert turn.wait <= SECOND
