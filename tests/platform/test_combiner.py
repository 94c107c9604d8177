"""The combiner: what waits goes together, everybody learns their own fate, and nobody waits for ever."""

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import OperationalError
from psycopg.errors import LockNotAvailable, QueryCanceled, ReadOnlySqlTransaction

from chengtuan.kernel.problems import Overloaded, Problem
from chengtuan.modules.trade.problems import SoldOut
from chengtuan.platform import deadline
from chengtuan.platform.combiner import Combiner, HeldUp


class Till:
    """Runs batches; notes them. Odd numbers are sold out, 13 breaks whatever batch it is in."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, commands: Sequence[int]) -> list[int | Problem]:
        self.batches.append(list(commands))
        await self.open.wait()
        if 13 in commands:
            raise ValueError("thirteen")
        return [SoldOut(available=0) if command % 2 else command * 10 for command in commands]


async def _started(*waiting: asyncio.Task[int]) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)


async def test_what_arrives_during_a_batch_goes_together_into_the_next() -> None:
    till = Till()
    till.open.clear()
    combiner = Combiner(till.run)
    tasks = [asyncio.create_task(combiner.submit(n)) for n in (0, 2, 4, 6)]
    await _started(*tasks)
    late = [asyncio.create_task(combiner.submit(n)) for n in (8, 10)]
    await _started(*late)
    till.open.set()
    assert await asyncio.gather(*tasks, *late) == [0, 20, 40, 60, 80, 100]
    assert sum(map(len, till.batches)) == 6
    assert len(till.batches) <= 3
    assert [n for batch in till.batches for n in batch] == [0, 2, 4, 6, 8, 10], "in order of arrival"


async def test_a_problem_refuses_one_and_harms_nobody() -> None:
    combiner = Combiner(Till().run)
    answers = await asyncio.gather(*(combiner.submit(n) for n in range(6)), return_exceptions=True)
    assert [type(a) for a in answers] == [int, SoldOut] * 3
    assert len({id(a) for a in answers}) == 6


async def test_a_failing_batch_is_tried_one_by_one() -> None:
    till = Till()
    till.open.clear()
    combiner = Combiner(till.run)
    first = asyncio.create_task(combiner.submit(0))
    await _started(first)
    tasks = [asyncio.create_task(combiner.submit(n)) for n in (2, 13, 4)]
    await _started(*tasks)
    till.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[0] == 20
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 40
    assert till.batches[-4:] == [[2, 13, 4], [2], [13], [4]]
    assert await combiner.submit(6) == 60, "the lane goes on"


@pytest.mark.parametrize("outage", [OperationalError("gone"), QueryCanceled(), ReadOnlySqlTransaction()])
async def test_a_batch_that_nobody_could_write_is_not_tried_one_by_one(outage: Exception) -> None:
    """Otherwise each of a hundred would wait for the database in its turn."""
    batches: list[int] = []

    async def run(commands: Sequence[int]) -> list[int | Problem]:
        batches.append(len(commands))
        await asyncio.sleep(0)
        raise outage

    combiner = Combiner(run)
    answers = await asyncio.gather(*(combiner.submit(n) for n in range(5)), return_exceptions=True)
    assert answers == [outage] * 5
    assert sum(batches) == 5, "each of them once"


async def test_a_cancelled_caller_stops_nobody_else() -> None:
    till = Till()
    till.open.clear()
    combiner = Combiner(till.run)
    gone, stays = (asyncio.create_task(combiner.submit(n)) for n in (2, 4))
    await _started(gone, stays)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    till.open.set()
    assert await asyncio.wait_for(stays, 5) == 40
    assert [2, 4] in till.batches or till.batches == [[2], [4]], "what was on its way takes effect"


async def test_too_many_waiting_are_turned_away_at_once() -> None:
    till = Till()
    till.open.clear()
    combiner = Combiner(till.run, max_waiting=3, max_batch=2)
    tasks = [asyncio.create_task(combiner.submit(n)) for n in (0, 2)]
    await _started(*tasks)
    queued = [asyncio.create_task(combiner.submit(n)) for n in (4, 6, 8)]
    await _started(*queued)
    with pytest.raises(Overloaded) as refused:
        await combiner.submit(10)
    assert refused.value.extension == {"retry_after_s": 1}
    till.open.set()
    assert await asyncio.gather(*tasks, *queued) == [0, 20, 40, 60, 80]
    assert await combiner.submit(10) == 100, "room again"


async def test_no_batch_is_larger_than_its_limit() -> None:
    till = Till()
    combiner = Combiner(till.run, max_batch=4)
    await asyncio.gather(*(combiner.submit(n * 2) for n in range(30)))
    assert max(map(len, till.batches)) == 4


class Shelf:
    """Runs batches whose commands are keys; `busy` ones are locked by somebody else."""

    def __init__(self) -> None:
        self.busy = {"a"}
        self.batches: list[list[str]] = []

    async def run(self, keys: Sequence[str]) -> list[str | Problem]:
        self.batches.append(list(keys))
        await asyncio.sleep(0)
        if self.busy & set(keys):
            raise LockNotAvailable
        return list(keys)

    async def run_free(self, keys: Sequence[str]) -> list[str | Problem | HeldUp]:
        await asyncio.sleep(0)
        return [HeldUp() if key in self.busy else key for key in keys]


@pytest.mark.parametrize("knows_what_is_free", [True, False])
async def test_what_is_held_up_steps_aside_and_its_likes_with_it(knows_what_is_free: bool) -> None:
    shelf = Shelf()
    combiner = Combiner(shelf.run, shelf.run_free if knows_what_is_free else None)
    waiting = [asyncio.create_task(combiner.submit("a", "a")) for _ in range(3)]
    others = [asyncio.create_task(combiner.submit(key, key)) for key in "bcb"]
    assert await asyncio.wait_for(asyncio.gather(*others), 5) == ["b", "c", "b"]
    tried = len([batch for batch in shelf.batches if len(batch) > 1])
    waiting += [asyncio.create_task(combiner.submit("a", "a")) for _ in range(3)]
    assert await combiner.submit("d", "d") == "d"
    assert len([batch for batch in shelf.batches if len(batch) > 1]) == tried, "the lane is not stopped again"
    assert not any(order.done() for order in waiting)
    shelf.busy.clear()
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == ["a"] * 6
    assert await combiner.submit("a", "a") == "a"


async def test_nobody_waits_longer_than_their_request_and_what_they_wanted_is_dropped() -> None:
    shelf = Shelf()
    combiner = Combiner(shelf.run, shelf.run_free)
    with deadline.within(0.05), pytest.raises(Overloaded):
        await combiner.submit("a", "a")
    shelf.busy.clear()
    assert await asyncio.wait_for(combiner.submit("a", "a"), 5) == "a"


async def test_a_worker_has_the_time_of_those_it_works_for() -> None:
    left: list[float] = []

    async def run(commands: Sequence[int]) -> list[int | Problem]:
        left.append(deadline.remaining(60))
        await asyncio.sleep(0.01)
        return list(commands)

    async def submit(number: int, seconds: float) -> int:
        with deadline.within(seconds):
            return await combiner.submit(number)

    combiner = Combiner(run)
    hasty = asyncio.create_task(submit(1, 0.5))
    await asyncio.sleep(0)
    patient = asyncio.create_task(submit(2, 50))
    await asyncio.gather(hasty, patient)
    assert left[-1] > 20


@pytest.mark.parametrize(("linger_s", "batches"), [(0, [[0], [2]]), (0.05, [[0, 2]])])
async def test_a_lane_may_wait_for_company(linger_s: float, batches: list[list[int]]) -> None:
    till = Till()
    combiner = Combiner(till.run, linger_s=linger_s)
    first = asyncio.create_task(combiner.submit(0))
    for _ in range(3):
        await asyncio.sleep(0)
    second = asyncio.create_task(combiner.submit(2))
    assert [await first, await second] == [0, 20]
    assert till.batches == batches


async def test_who_are_many_wait_for_nobody() -> None:
    combiner = Combiner(Till().run, linger_s=3600)
    assert await asyncio.gather(*(combiner.submit(n) for n in range(0, 64, 2))) == list(range(0, 640, 20))
