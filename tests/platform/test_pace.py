"""A partner's limit is one for all processes, and counts in real time."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

import pytest

from chengtuan.kernel.clock import MovableClock, SystemClock
from chengtuan.platform.combiner import MAX_BATCH, Combiner
from chengtuan.platform.database import Database, WriteSession
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


class Counted:
    """A database that notes how many transactions were begun."""

    def __init__(self, inner: Database) -> None:
        self.inner, self.begun = inner, 0

    def write(self) -> AbstractAsyncContextManager[WriteSession]:
        self.begun += 1
        return self.inner.write()


async def stampede(world: World, people: int, max_batch: int = MAX_BATCH) -> tuple[int, list[datetime]]:
    """So many ask two processes at once: how many transactions that took, and their turns as they asked."""
    counted, clock = Counted(database(world)), MovableClock(NOON)
    paces = [Pace(cast("Database", counted), "calls", per_second=1000, clock=clock) for _ in range(2)]
    for pace in paces:
        pace._lane = Combiner(pace._take_for, max_batch=max_batch)
    turns = await asyncio.gather(*(paces[n % 2].claim() for n in range(people)))
    return counted.begun, [turn.at for turn in turns]


async def test_thousands_at_once_take_few_transactions_and_keep_their_order(world: World) -> None:
    begun, turns = await stampede(world, 3000)
    assert begun <= 2 * (1 + 1500 / MAX_BATCH + 1)
    assert sorted(turns) == [NOON + n * SECOND / 1000 for n in range(3000)], "each has one of its own, none is left out"
    for asked_one_process in (turns[::2], turns[1::2]):
        assert asked_one_process == sorted(asked_one_process)


async def test_control_one_by_one_they_take_a_transaction_each(world: World) -> None:
    begun, _ = await stampede(world, 200, max_batch=1)
    assert begun == 200


async def test_turns_in_a_row_begin_where_the_caller_says(world: World) -> None:
    clock = MovableClock(NOON)
    pace = Pace(database(world), "calls", per_second=2, clock=clock)
    async with database(world).write() as tx:
        first = await pace.take(tx, 3, earliest=NOON + 10 * SECOND)
    assert [turn.at - NOON for turn in first] == [10 * SECOND, 10.5 * SECOND, 11 * SECOND]
    assert [turn.wait for turn in first] == [10 * SECOND, 10.5 * SECOND, 11 * SECOND]
    assert (await pace.claim()).at - NOON == 11.5 * SECOND, "whoever comes later is later, whatever they say"


async def test_the_products_clock_does_not_move_it(world: World) -> None:
    world.clock.advance(timedelta(days=1000))
    turn = await Pace(database(world), "calls", per_second=1).claim()
    assert abs(turn.at - SystemClock().now()) < timedelta(hours=1)
    assert turn.wait <= SECOND
