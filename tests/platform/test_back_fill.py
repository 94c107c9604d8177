"""A consumer that comes later is given what happened before it, then what is live: each once."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform import back_fill, relay
from chengtuan.platform.back_fill import BackFill, begin, find, stop
from chengtuan.platform.database import Database
from chengtuan.platform.events import Envelope, OutboxWriter
from chengtuan.platform.health import Health
from chengtuan.platform.inbox import Consumer, on
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.relay import Relay
from tests.platform.bench import (
    CONSUMER,
    EVENT,
    OTHER,
    PRODUCER,
    by_key,
    database,
    event,
    new_keys,
    note_event,
    noted,
    outbox_to,
)

NAME = EVENT.wire_name
KEYS = new_keys(5)
MONTHS, A_MONTH = 3, 12
"""So many months, with so many events of each key."""


class Shop:
    """A producer and its machinery; `routes` are who hears of its events in the version that runs."""

    def __init__(self, url: str, clock: MovableClock, consumer: Database, outbox: OutboxWriter) -> None:
        self.clock = clock
        self.jobs = JobWriter()
        self.db = database(url, clock, PRODUCER, outbox=outbox, jobs=self.jobs)
        self.heard: list[Envelope] = []
        inbox = Consumer(consumer, [on(EVENT, note_event)])
        self.relay = Relay(self.db, outbox, {CONSUMER: inbox.deliver, OTHER: self._other}, clock, Health(), tries=1)
        self.runner = JobRunner(self.db, self.jobs, clock, [back_fill.back_fill_job(self.db)])

    async def _other(self, envelopes: Sequence[Envelope]) -> dict[UUID, str]:
        self.heard += envelopes
        return {}

    async def emit(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            async with self.db.write() as tx:
                tx.emit(*(event(key, number, self.clock.now()) for key in KEYS))

    async def round(self) -> None:
        """What is due in jobs and relay, once."""
        await self.runner.drain()
        await self.relay.once()
        self.clock.advance(timedelta(seconds=1))

    async def state(self) -> BackFill:
        async with self.db.read() as db:
            found = await find(db, CONSUMER)
        assert found is not None
        return found

    async def finish(self) -> None:
        async with asyncio.timeout(60):
            while not (await self.state()).done:
                await self.round()
        await self.relay.once()


@asynccontextmanager
async def opened(url: str, clock: MovableClock, consumer: Database, *hearers: str) -> AsyncIterator[Shop]:
    shop = Shop(url, clock, consumer, outbox_to(*hearers))
    await shop.db.open()
    yield shop
    await shop.runner.close()
    await shop.db.close()


@pytest.fixture
async def three_months(database_url: str, clock: MovableClock, consumer: Database) -> int:
    """A shop whose events nobody but `OTHER` heard of; the number of events of each key."""
    async with opened(database_url, clock, consumer, OTHER) as old:
        for month in range(MONTHS):
            await old.emit(range(month * A_MONTH, (month + 1) * A_MONTH))
            clock.advance(timedelta(days=30))
        await old.relay.once()
        assert len(old.heard) == len(KEYS) * MONTHS * A_MONTH
    return MONTHS * A_MONTH


def everything(count: int) -> dict[str, list[int]]:
    return {str(key): list(range(count)) for key in KEYS}


async def test_history_comes_first_and_live_events_after_it(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fill, "PORTION", 25)
    start = clock.now() - timedelta(days=400)
    async with opened(database_url, clock, consumer, CONSUMER, OTHER) as shop:
        assert await begin(shop.db, CONSUMER, [NAME], start)
        number = three_months
        for _ in range(4):  # events go on while it runs, and another command changes nothing
            await shop.emit([number])
            number += 1
            await shop.round()
            assert not await begin(shop.db, CONSUMER, [NAME], start)
        half = await noted(consumer)
        assert 0 < len(half) < len(KEYS) * three_months
        assert max(n for _, n in half) < three_months, "no live event overtakes history"
        assert len(shop.heard) == len(KEYS) * 4, "the other consumer hears of live events at once, and of nothing else"
        await shop.finish()
        assert by_key(await noted(consumer)) == everything(number)
        state = await shop.state()
        assert state.total == state.queued >= len(KEYS) * three_months
        assert len(shop.heard) == len(KEYS) * 4


async def test_without_holding_back_live_events_overtake_history(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(back_fill, "PORTION", 25)
    monkeypatch.setattr(relay, "FILLING", "select where false")
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.emit([three_months])
        await shop.round()
        assert max(n for _, n in await noted(consumer)) == three_months


async def test_a_second_back_fill_of_a_consumer_that_has_heard_of_all_has_no_effect(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        for _ in range(2):
            assert await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
            await shop.finish()
        assert by_key(await noted(consumer)) == everything(three_months)
        async with consumer.write() as tx:  # the control: the inbox is what knows
            await tx.execute("delete from inbox")
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.finish()
        assert len(await noted(consumer)) == 2 * len(KEYS) * three_months


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.usefixtures("three_months")
async def test_another_is_not_begun_while_events_of_the_last_one_wait(
    database_url: str, clock: MovableClock, consumer: Database, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Nor are they queued a second time, as they are without the look at what waits."""
    since = clock.now() - timedelta(days=400)
    async with opened(database_url, clock, consumer, CONSUMER, OTHER) as shop:
        assert await begin(shop.db, CONSUMER, [NAME], since)
        while (await shop.state()).ended_at is None:
            await shop.runner.drain()
            clock.advance(timedelta(seconds=1))
        everything_queued = await shop.state()
        assert everything_queued.waiting == everything_queued.total
        if not guarded:
            monkeypatch.setattr(back_fill, "ALL_HANDLED", "true")
        assert await begin(shop.db, CONSUMER, [NAME], since) is not guarded
        assert (await shop.state() == everything_queued) is guarded
        if guarded:
            await shop.finish()
            assert await begin(shop.db, CONSUMER, [NAME], since)


async def test_from_a_month_on_and_of_some_names_only(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, ["catalog.nothing.v1"], clock.now() - timedelta(days=400))
        await shop.finish()
        assert (await shop.state()).total == 0
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=35))
        await shop.finish()
        assert by_key(await noted(consumer)) == {str(k): list(range(24, three_months)) for k in KEYS}


async def test_a_killed_process_is_followed_by_another_that_goes_on(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        arguments = ("-m", "tests.platform.back_fill_process", database_url, clock.now().isoformat())
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        async with asyncio.timeout(60):
            while len(await noted(consumer)) < 30:
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        half = len(await noted(consumer))
        assert half < len(KEYS) * three_months
        assert (await shop.state()).ended_at is None, "it was killed in the middle"
        await shop.emit([three_months])
        clock.advance(timedelta(minutes=5))  # the dead one's lease is over
        await shop.finish()
        assert by_key(await noted(consumer)) == everything(three_months + 1)


async def test_an_event_that_fails_holds_back_its_key_and_what_was_set_aside_is_not_given_again(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with consumer.write() as tx:
        await tx.execute(f"alter table probe add check (key <> '{KEYS[0]}' or n <> 10)")
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.finish()
        expected = everything(three_months) | {str(KEYS[0]): list(range(10))}
        assert by_key(await noted(consumer)) == expected
        state = await shop.state()
        assert (state.waiting, state.held) == (three_months - 10, three_months - 10)
        async with shop.db.write() as tx:
            await tx.execute("update outbox set set_aside_at = %s where dead_at is not null", (clock.now(),))
        await shop.finish()
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        with monkeypatch.context() as patch:
            patch.setattr(back_fill, "PORTION", 25)
            await shop.runner.drain()
            assert (await shop.state()).queued == 25, "what was set aside holds nothing back"
        await shop.finish()
        expected[str(KEYS[0])] = [n for n in range(three_months) if n != 10]
        assert by_key(await noted(consumer)) == expected
        assert (await shop.state()).held == 0


async def test_what_was_tried_stays_when_the_rest_is_taken_back(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    async with consumer.write() as tx:
        await tx.execute(f"alter table probe add check (key <> '{KEYS[0]}' or n <> 10)")
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.finish()
        assert await stop(shop.db, CONSUMER) == three_months - 11, "those behind it"
        state = await shop.state()
        assert (state.waiting, state.held) == (1, 1)


async def test_what_is_stopped_lets_live_events_go_on(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_fill, "PORTION", 25)
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.emit([three_months])
        await shop.runner.drain()
        assert await stop(shop.db, CONSUMER) == 25
        await shop.finish()
        assert by_key(await noted(consumer)) == {str(key): [three_months] for key in KEYS}


async def test_history_ends_only_when_older_transactions_have(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    """What an older version of the shop is about to commit belongs to history; only then its end is known."""
    async with (
        opened(database_url, clock, consumer, OTHER) as old,
        opened(database_url, clock, consumer, CONSUMER) as shop,
    ):
        written, commit = asyncio.Event(), asyncio.Event()

        async def late() -> None:
            async with old.db.write() as tx:
                tx.emit(*(event(key, three_months, clock.now()) for key in KEYS))
                await old.db._outbox.write(tx, tx.events, clock.now())
                tx.events.clear()
                written.set()
                await commit.wait()

        waiting = asyncio.create_task(late())
        await written.wait()
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        await shop.round()
        assert (await shop.state()).total is None
        commit.set()
        await waiting
        await shop.finish()
        assert by_key(await noted(consumer)) == everything(three_months + 1)


async def test_a_restored_copy_waits_for_no_transaction_of_the_server_it_comes_from(
    database_url: str, clock: MovableClock, consumer: Database, three_months: int
) -> None:
    async with opened(database_url, clock, consumer, CONSUMER) as shop:
        await begin(shop.db, CONSUMER, [NAME], clock.now() - timedelta(days=400))
        async with shop.db.write() as tx:
            await tx.execute("update back_fill set begun_in = 1000000000000")
        await shop.round()
        assert (await shop.state()).total == len(KEYS) * three_months
        await shop.finish()
        assert by_key(await noted(consumer)) == everything(three_months)
