"""Work that fails for good is given up, seen, and tried again or set aside by a person; it stops nobody else."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.trade.facade import OrderReadyToShip
from chengtuan.platform import stuck
from chengtuan.platform.database import Database, ReadSession, WriteSession
from chengtuan.platform.health import Health
from chengtuan.platform.inbox import Consumer, on
from chengtuan.platform.job_handlers import FOR_EVER, Periodic, Task, Timer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import Job, JobCall, JobWriter, RetryLater
from chengtuan.platform.outages import is_nobodys_fault
from chengtuan.platform.relay import Relay
from tests.platform.bench import CONSUMER, EVENT, PRODUCER, by_key, database, event, new_keys, note, noted, outbox_to

TRIES = 3


class Shop:
    """A producer and a consumer that cannot handle the events numbered `poison`."""

    def __init__(self, producer: Database, consumer: Database, clock: MovableClock) -> None:
        self.db, self.consumer, self.clock = producer, consumer, clock
        self.poison: set[int] = set()
        self.held: set[int] = set()
        inbox = Consumer(consumer, [on(EVENT, self._handle)])
        self.relay = Relay(producer, outbox_to(CONSUMER), {CONSUMER: inbox.deliver}, clock, Health(), tries=TRIES)

    async def _handle(self, tx: WriteSession, one: OrderReadyToShip) -> None:
        if int(one.number) in self.poison:
            raise ValueError("cannot be handled\nand what it was about stays here: 13800138000")
        if int(one.number) in self.held:
            raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")
        await note(tx, str(one.order_id), int(one.number))

    async def emit(self, keys: Sequence[Any], *numbers: int) -> None:
        async with self.db.write() as tx:
            tx.emit(*(event(key, number, self.clock.now()) for number in numbers for key in keys))

    async def pass_time(self, rounds: int = TRIES + 2) -> None:
        for _ in range(rounds):
            await self.relay.once()
            self.clock.advance(timedelta(minutes=5))

    async def stuck(self) -> list[stuck.StuckWork]:
        async with self.db.read() as db:
            return await stuck.list_all_stuck(db)


@pytest.fixture
async def shop(consumer: Database, clock: MovableClock, database_url: str) -> AsyncIterator[Shop]:
    producer = database(database_url, clock, PRODUCER, outbox=outbox_to(CONSUMER))
    await producer.open()
    yield Shop(producer, consumer, clock)
    await producer.close()


async def test_a_poison_event_is_given_up_and_only_its_key_waits(shop: Shop) -> None:
    bad, fine = new_keys(2)
    shop.poison = {2}
    await shop.emit([bad], 1, 2, 3)
    await shop.emit([fine], 1, 3)
    await shop.pass_time()
    await shop.emit([bad, fine], 4)
    await shop.pass_time()
    assert by_key(await noted(shop.consumer)) == {str(bad): [1], str(fine): [1, 3, 4]}
    [found] = await shop.stuck()
    assert (found.kind, found.consumer, found.about, found.tries, found.dead) == ("event", CONSUMER, str(bad), 3, True)
    assert found.held_back == 2
    assert found.last_error == "ValueError: cannot be handled", "what databases quote in later lines is not shown"
    async with shop.db.read() as db:
        assert await stuck.count_dead(db) == 1


async def test_an_event_that_waits_for_a_lock_is_never_given_up(shop: Shop) -> None:
    """However long somebody holds the row: once it is free, the event goes through, before those after it."""
    held, fine = new_keys(2)
    shop.held = {2}
    shop.relay._tries = 1
    await shop.emit([held], 1, 2, 3)
    await shop.emit([fine], 1, 3)
    for _ in range(2):  # at the same moment: it is not due again, and those behind it are not due before it
        await shop.relay.once()
    await shop.pass_time(TRIES * 4)
    assert by_key(await noted(shop.consumer)) == {str(held): [1], str(fine): [1, 3]}
    async with shop.db.read() as db:
        assert await stuck.count_dead(db) == 0
    shop.held.clear()
    await shop.pass_time(2)
    assert by_key(await noted(shop.consumer))[str(held)] == [1, 2, 3]


async def test_tried_again_by_a_person_it_goes_through_in_the_order_of_its_key(shop: Shop) -> None:
    [key] = new_keys(1)
    shop.poison = {1}
    await shop.emit([key], 1, 2, 3)
    await shop.pass_time()
    [found] = await shop.stuck()
    shop.poison.clear()
    await shop.pass_time()
    assert await noted(shop.consumer) == [], "a dead event waits for a person"
    assert await stuck.try_again(shop.db, "event", [found.id]) == 1
    await shop.pass_time()
    assert by_key(await noted(shop.consumer)) == {str(key): [1, 2, 3]}
    assert await shop.stuck() == []
    assert await stuck.try_again(shop.db, "event", [found.id]) == 0


async def test_set_aside_by_a_person_it_is_never_delivered_and_nobody_waits_for_it(shop: Shop) -> None:
    [key] = new_keys(1)
    shop.poison = {1}
    await shop.emit([key], 1, 2)
    await shop.pass_time()
    [found] = await shop.stuck()
    assert await stuck.set_aside(shop.db, "event", [found.id], by="test") == 1
    shop.poison.clear()
    await shop.pass_time()
    assert by_key(await noted(shop.consumer)) == {str(key): [2]}
    assert await shop.stuck() == []
    assert await stuck.try_again(shop.db, "event", [found.id]) == 0, "aside is aside"


async def test_set_aside_while_it_is_still_tried_it_is_never_delivered(shop: Shop) -> None:
    [key] = new_keys(1)
    shop.poison = {1}
    await shop.emit([key], 1, 2)
    await shop.relay.once()
    async with shop.db.read() as db:
        failing = await db.fetch_value("select seq from outbox where attempts > 0 and dead_at is null")
    assert await stuck.set_aside(shop.db, "event", [failing], by="test") == 1
    shop.poison.clear()
    await shop.pass_time()
    assert by_key(await noted(shop.consumer)) == {str(key): [2]}


async def test_a_job_that_never_failed_cannot_be_set_aside(consumer: Database, clock: MovableClock) -> None:
    async with consumer.write() as tx:
        tx.schedule(JobCall("a", "x", clock.now()))
    async with consumer.read() as db:
        healthy = await db.fetch_value("select id from job")
    assert await stuck.set_aside(consumer, "job", [healthy], by="test") == 0
    assert await stuck.try_again(consumer, "job", [healthy]) == 0


async def test_without_the_wait_for_a_dead_event_its_key_would_be_out_of_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the tests above."""
    honest = ReadSession.fetch_all

    async def without_wait(self: ReadSession, kind: Any, sql: Any, params: Any = ()) -> Any:
        return await honest(self, kind, sql.replace("b.dead_at is not null or ", ""), params)

    [key] = new_keys(1)
    shop.poison = {1}
    await shop.emit([key], 1)
    await shop.pass_time()
    await shop.emit([key], 2)
    monkeypatch.setattr(ReadSession, "fetch_all", without_wait)
    await shop.relay.once()
    assert by_key(await noted(shop.consumer)) == {str(key): [2]}


async def test_a_relay_outlives_more_tries_than_a_smallint_holds(shop: Shop) -> None:
    [key] = new_keys(1)
    shop.poison = {1}
    shop.relay._tries = 10**6
    await shop.emit([key], 1)
    async with shop.db.write() as tx:
        await tx.execute("update outbox set attempts = 32767")
    await shop.pass_time(2)
    assert [work.tries for work in await shop.stuck()] == [32769]


async def _refuse(_: Any) -> None:
    raise ValueError("no")


async def _refuse_timer(_: WriteSession, __: Job) -> None:
    raise ValueError("no")


async def _jobs(db: Database) -> list[tuple[str, int, bool]]:
    async with db.read() as session:
        return [
            (work.about, work.tries, work.dead) for work in await stuck.list_all_stuck(session) if work.kind == "job"
        ]


async def test_jobs_are_given_up_after_their_tries_except_those_that_never_are(
    consumer: Database, clock: MovableClock
) -> None:
    handlers: list[Timer | Task | Periodic] = [
        Task("a", _refuse, tries=2),
        Timer("b", _refuse_timer, tries=2),
        Task("c", _refuse, tries=FOR_EVER),
    ]
    runner = JobRunner(consumer, JobWriter(), clock, handlers)
    async with consumer.write() as tx:
        tx.schedule(*(JobCall(kind, kind, clock.now()) for kind in "abc"))
    for _ in range(stuck.SEEN_FROM_TRIES + 2):
        await runner.drain()
        clock.advance(timedelta(minutes=6))
    assert await _jobs(consumer) == [("a", 2, True), ("b", 2, True), ("c", 10, False)]
    async with consumer.read() as db:
        numbers = [work.id for work in await stuck.list_all_stuck(db) if work.dead]
    assert await stuck.try_again(consumer, "job", numbers[:1]) == 1
    assert await stuck.set_aside(consumer, "job", numbers[1:], by="test") == 1
    await runner.drain()
    assert await _jobs(consumer) == [("c", 11, False)]


async def test_a_job_has_been_failing_since_the_first_failure_in_a_row(consumer: Database, clock: MovableClock) -> None:
    no, later = ValueError("no"), RetryLater(timedelta(minutes=6))
    outcomes: list[Exception] = [no, no, later, no, no]

    async def work(_: Job) -> None:
        raise outcomes.pop(0)

    runner = JobRunner(consumer, JobWriter(), clock, [Task("a", work, tries=FOR_EVER)])
    start, since = clock.now(), []
    async with consumer.write() as tx:
        tx.schedule(JobCall("a", "x", start))
    while outcomes:
        await runner.drain()
        since.append(await _failing_since(consumer))
        clock.advance(timedelta(minutes=6))
    anew = start + timedelta(minutes=18)
    assert since == [start, start, None, anew, anew]


async def _failing_since(db: Database) -> datetime | None:
    async with db.read() as session:
        since: datetime | None = await session.fetch_value("select failing_since from job")
    return since


@pytest.mark.parametrize("by_a_person", [True, False])
async def test_a_job_that_lives_again_has_not_failed_yet(
    consumer: Database, clock: MovableClock, *, by_a_person: bool
) -> None:
    runner = JobRunner(consumer, JobWriter(), clock, [Task("a", _refuse, tries=1)])
    async with consumer.write() as tx:
        tx.schedule(JobCall("a", "x", clock.now()))
    await runner.drain()
    async with consumer.read() as db:
        [given_up] = await stuck.list_all_stuck(db)
    if by_a_person:
        assert await stuck.try_again(consumer, "job", [given_up.id]) == 1
    else:
        async with consumer.write() as tx:
            tx.schedule(JobCall("a", "x", clock.now()))
    assert (given_up.since, await _failing_since(consumer)) == (clock.now(), None)


async def test_a_job_that_was_given_up_lives_again_when_it_is_wanted_anew(
    consumer: Database, clock: MovableClock
) -> None:
    done: list[str] = []
    broken = True

    async def work(job: Job) -> None:
        if broken:
            raise ValueError("no")
        done.append(job.ref)

    runner = JobRunner(consumer, JobWriter(), clock, [Task("a", work, tries=1)])
    for _ in range(2):
        async with consumer.write() as tx:
            tx.schedule(JobCall("a", "x", clock.now()))
        await runner.drain()
        broken = False
        clock.advance(timedelta(minutes=6))
    await runner.drain()
    assert (done, await _jobs(consumer)) == (["x"], [])


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), PartnerUnavailable("silent")], ids=repr)
async def test_what_is_nobodys_fault_costs_no_try(consumer: Database, clock: MovableClock, error: Exception) -> None:
    calls = 0

    async def work(_: Job) -> None:
        nonlocal calls
        calls += 1
        raise error

    assert is_nobodys_fault(error)
    runner = JobRunner(consumer, JobWriter(), clock, [Task("a", work, tries=2)])
    async with consumer.write() as tx:
        tx.schedule(JobCall("a", "x", clock.now()))
    for _ in range(4):
        await runner.drain()
        clock.advance(timedelta(minutes=6))
    assert (calls, await _jobs(consumer)) == (4, [])
