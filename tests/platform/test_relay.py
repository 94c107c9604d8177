"""Events: in order per key, one effect each, and nobody waits for somebody else's trouble."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.trade.facade import OrderCompleted, OrderReadyToShip
from chengtuan.platform.background import keep_running
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.events import Envelope, Event, OutboxWriter, decode, encode
from chengtuan.platform.health import Health, Part
from chengtuan.platform.inbox import Consumer, Subscriber, on, on_batch
from chengtuan.platform.relay import Deliver, Relay
from tests.platform.bench import (
    CONSUMER,
    EVENT,
    OTHER,
    PRODUCER,
    by_key,
    database,
    event,
    new_keys,
    note,
    note_event,
    noted,
    outbox_to,
)


@pytest.fixture
async def producer(database_url: str, clock: MovableClock) -> AsyncIterator[tuple[Database, OutboxWriter]]:
    outbox = outbox_to(CONSUMER, OTHER)
    db = database(database_url, clock, PRODUCER, outbox=outbox)
    await db.open()
    yield db, outbox
    await db.close()


async def emit(db: Database, clock: MovableClock, keys: Sequence[UUID], count: int) -> None:
    for number in range(count):
        async with db.write() as tx:
            tx.emit(*(event(key, number, clock.now()) for key in keys))


async def nothing_happens(envelopes: Sequence[Envelope]) -> dict[UUID, str]:
    return {}


async def test_only_what_somebody_consumes_rings_the_relay(clock: MovableClock) -> None:
    for outbox, rung in ((outbox_to(CONSUMER), True), (OutboxWriter({}), False)):
        outbox.expect([event(UUID(int=1), 1, clock.now())])
        assert outbox.woken.is_set() is rung


async def waiting(db: Database, consumer: str) -> list[tuple[str, int]]:
    async with db.read() as session:
        return [
            (name, attempts)
            for name, attempts in await session.fetch_tuples(
                "select key, attempts from outbox where consumer = %s order by seq", (consumer,)
            )
        ]


async def until_noted(consumer: Database, count: int) -> None:
    async with asyncio.timeout(30):
        while len(await noted(consumer)) < count:
            await asyncio.sleep(0.02)


def relay_of(
    db: Database,
    outbox: OutboxWriter,
    targets: Mapping[str, Deliver],
    clock: MovableClock,
    health: Health | None = None,
) -> Relay:
    return Relay(db, outbox, targets, clock, health or Health())


def running(relay: Relay, health: Health | None = None) -> asyncio.Task[None]:
    return asyncio.create_task(keep_running("relay", relay.run, health or Health()))


async def test_two_relays_and_a_cancelled_one_keep_order_and_repeat_no_effect(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock, database_url: str
) -> None:
    db, outbox = producer
    keys = new_keys(8)
    inbox = Consumer(consumer, [on(EVENT, note_event)])
    targets = {CONSUMER: inbox.deliver, OTHER: nothing_happens}
    second_db = database(database_url, clock, PRODUCER)  # another process: no shared bell, no shared pool
    await second_db.open()
    first = running(relay_of(db, outbox, targets, clock))
    second = running(relay_of(second_db, OutboxWriter({}), targets, clock))
    sending = asyncio.create_task(emit(db, clock, keys, 30))
    await until_noted(consumer, 60)
    first.cancel()  # in the middle of a delivery
    await asyncio.gather(first, return_exceptions=True)
    third = running(relay_of(db, outbox, targets, clock))
    await sending
    await until_noted(consumer, 240)
    await asyncio.sleep(0.5)  # a second effect would come now
    for relay in (second, third):
        relay.cancel()
    await asyncio.gather(second, third, return_exceptions=True)
    assert by_key(await noted(consumer)) == {str(key): list(range(30)) for key in keys}
    await second_db.close()


async def test_one_relay_is_elected(producer: tuple[Database, OutboxWriter], clock: MovableClock) -> None:
    relays = [relay_of(*producer, {}, clock) for _ in range(2)]
    async with await relays[0]._connect() as first, await relays[1]._connect() as second:
        await relays[0]._elected(first, Part("relay"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(relays[1]._elected(second, Part("relay")), 0.2)


async def test_a_lost_database_connection_ends_no_relay(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock, database_url: str
) -> None:
    """What a restart of PostgreSQL does to a relay: all its connections are cut."""
    db, outbox = producer
    inbox = Consumer(consumer, [on(EVENT, note_event)])
    relay = running(relay_of(db, outbox, {CONSUMER: inbox.deliver, OTHER: nothing_happens}, clock))
    [key] = new_keys(1)
    await emit(db, clock, [key], 5)
    await until_noted(consumer, 5)
    for _ in range(3):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = %s and pid <> pg_backend_pid()",
                (f"chengtuan-{PRODUCER}",),
            )
        await asyncio.sleep(0.4)
    assert not relay.done(), "the relay must go on by itself"
    for _ in range(10):  # the pool learns of each dead connection when it is used
        with contextlib.suppress(psycopg.OperationalError):
            await emit(db, clock, [key], 1)
            break
    await until_noted(consumer, 6)
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)


async def _double_delivery(db: Database, consumer: Consumer) -> None:
    """Two deliveries of the same envelopes at the same time: a relay that died after the effect."""
    async with db.read() as session:
        rows = await session.fetch_tuples(
            "select event_id, name, key, payload from outbox where consumer = %s order by seq", (CONSUMER,)
        )
    envelopes = [Envelope(*row) for row in rows]
    await asyncio.gather(consumer.deliver(envelopes), consumer.deliver(envelopes))
    await consumer.deliver(envelopes)


@pytest.mark.parametrize("batch", [False, True])
async def test_a_delivery_made_three_times_has_one_effect(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock, batch: bool
) -> None:
    async def note_all(tx: WriteSession, events: Sequence[OrderReadyToShip]) -> None:
        for one in events:
            await note_event(tx, one)

    keys = new_keys(3)
    await emit(producer[0], clock, keys, 4)
    subscriber = on_batch(EVENT, note_all) if batch else on(EVENT, note_event)
    await _double_delivery(producer[0], Consumer(consumer, [subscriber]))
    assert by_key(await noted(consumer)) == {str(key): [0, 1, 2, 3] for key in keys}


async def test_without_the_inbox_a_repeated_delivery_repeats_its_effect(
    producer: tuple[Database, OutboxWriter],
    consumer: Database,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of the test above."""

    async def handle_without_inbox(self: Consumer, subscriber: Subscriber, envelopes: Sequence[Envelope]) -> None:
        async with self._database.write() as tx:
            await subscriber.handler(tx, [decode(e.name, e.payload) for e in envelopes])

    monkeypatch.setattr(Consumer, "_handle", handle_without_inbox)
    await emit(producer[0], clock, new_keys(1), 2)
    await _double_delivery(producer[0], Consumer(consumer, [on(EVENT, note_event)]))
    assert len(await noted(consumer)) == 6


async def test_a_consumer_that_is_down_delays_nobody_and_its_events_are_not_to_blame(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock
) -> None:
    db, outbox = producer
    up = False
    reached: list[int] = []

    async def deliver_to_other(envelopes: Sequence[Envelope]) -> dict[UUID, str]:
        if not up:
            raise ConnectionError("nobody there")
        reached.append(len(envelopes))
        return {}

    health = Health()
    inbox = Consumer(consumer, [on(EVENT, note_event)])
    relay = relay_of(db, outbox, {OTHER: deliver_to_other, CONSUMER: inbox.deliver}, clock, health)
    await emit(db, clock, new_keys(3), 1)
    task = running(relay, health)
    await until_noted(consumer, 3)
    async with asyncio.timeout(10):
        while not health.down:
            await asyncio.sleep(0.02)
    assert [(part.name, part.why) for part in health.down] == [(f"relay {PRODUCER} to {OTHER}", "ConnectionError")]
    assert [attempts for _, attempts in await waiting(db, OTHER)] == [0, 0, 0]
    up = True
    async with asyncio.timeout(10):
        while health.down or await waiting(db, OTHER):
            await asyncio.sleep(0.02)
    assert reached == [3]
    assert len(await noted(consumer)) == 3
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_failed_event_holds_back_its_own_key_only(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock
) -> None:
    db, outbox = producer
    stuck, fine = new_keys(2)
    broken = True

    async def picky(tx: WriteSession, one: OrderReadyToShip) -> None:
        await note_event(tx, one)
        if broken and one.order_id == stuck and one.number == "1":
            raise ValueError("not this one")

    inbox = Consumer(consumer, [on(EVENT, picky)])
    relay = relay_of(db, outbox, {CONSUMER: inbox.deliver, OTHER: nothing_happens}, clock)
    await emit(db, clock, [stuck, fine], 4)
    await relay.once()
    assert by_key(await noted(consumer)) == {str(stuck): [0], str(fine): [0, 1, 2, 3]}
    await emit(db, clock, [stuck, fine], 1)  # later events of the stuck key wait as well
    await relay.once()
    assert by_key(await noted(consumer))[str(stuck)] == [0]
    broken = False
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        await relay.once()
    assert by_key(await noted(consumer)) == {str(stuck): [0, 1, 2, 3, 0], str(fine): [0, 1, 2, 3, 0]}


async def test_a_failing_batch_is_split_so_that_only_the_culprit_waits(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock
) -> None:
    db, outbox = producer
    keys = new_keys(5)
    sizes: list[int] = []

    async def all_or_nothing(tx: WriteSession, events: Sequence[OrderReadyToShip]) -> None:
        sizes.append(len(events))
        for one in events:
            await note_event(tx, one)
        if any(one.order_id == keys[2] for one in events):
            raise ValueError("the third one is bad")

    inbox = Consumer(consumer, [on_batch(EVENT, all_or_nothing)])
    await emit(db, clock, keys, 1)
    await relay_of(db, outbox, {CONSUMER: inbox.deliver, OTHER: nothing_happens}, clock).once()
    assert sorted(sizes) == [1, 1, 1, 1, 1, 5]
    assert set(by_key(await noted(consumer))) == {str(key) for key in keys} - {str(keys[2])}
    assert await waiting(db, CONSUMER) == [(str(keys[2]), 1)]


async def test_what_one_transaction_tells_is_delivered_in_its_order(
    producer: tuple[Database, OutboxWriter], consumer: Database, clock: MovableClock
) -> None:
    db, outbox = producer
    [key] = new_keys(1)
    async with db.write() as tx:
        tx.emit(*(event(key, number, clock.now()) for number in range(5)))
    inbox = Consumer(consumer, [on(EVENT, note_event)])
    await relay_of(db, outbox, {CONSUMER: inbox.deliver, OTHER: nothing_happens}, clock).once()
    assert await noted(consumer) == [(str(key), number) for number in range(5)]


def enveloped(one: Event) -> Envelope:
    return Envelope(uuid4(), one.wire_name, one.key, encode(one))


async def test_what_one_handler_failed_on_reaches_no_other_and_holds_back_its_key(
    consumer: Database, clock: MovableClock
) -> None:
    """Also events of another name: a key's are in one order, whatever they are called."""
    bad, fine = new_keys(2)

    async def first(tx: WriteSession, one: OrderReadyToShip) -> None:
        if one.order_id == bad:
            raise ValueError("not this one")
        await note(tx, str(one.order_id), 1)

    async def second(tx: WriteSession, one: OrderReadyToShip) -> None:
        await note(tx, str(one.order_id), 2)

    async def later(tx: WriteSession, one: OrderCompleted) -> None:
        await note(tx, str(one.order_id), 3)

    about: dict[str, Any] = {"campaign_id": None, "group_id": None, "lines": [], "completed_at": clock.now()}
    envelopes = [enveloped(event(key, 1, clock.now())) for key in (bad, fine)]
    envelopes += [enveloped(OrderCompleted(order_id=key, user_id=key, merchant_id=key, **about)) for key in (bad, fine)]
    subscribers = [on(EVENT, first), on(EVENT, second), on(OrderCompleted, later)]
    failed = await Consumer(consumer, subscribers).deliver(envelopes)
    assert by_key(await noted(consumer)) == {str(fine): [1, 2, 3]}
    assert set(failed) == {envelopes[0].event_id, envelopes[2].event_id}


@pytest.mark.parametrize("subscribe", [on, on_batch])
async def test_an_outage_is_no_events_fault(consumer: Database, clock: MovableClock, subscribe: Any) -> None:
    async def gone(_: WriteSession, __: object) -> None:
        raise psycopg.OperationalError("the server is gone")

    envelopes = [enveloped(event(key, 1, clock.now())) for key in new_keys(2)]
    with pytest.raises(psycopg.OperationalError):
        await Consumer(consumer, [subscribe(EVENT, gone)]).deliver(envelopes)


async def test_an_event_is_stored_with_its_fact_or_not_at_all(
    producer: tuple[Database, OutboxWriter], clock: MovableClock
) -> None:
    db, _ = producer

    async def fail_after_emitting() -> None:
        async with db.write() as tx:
            tx.emit(event(new_keys(1)[0], 1, clock.now()))
            raise ValueError("the fact did not happen")

    with pytest.raises(ValueError, match="did not happen"):
        await fail_after_emitting()
    assert await waiting(db, CONSUMER) == []
    async with db.write() as tx:
        with contextlib.suppress(ValueError):
            async with tx.savepoint():
                tx.emit(event(new_keys(1)[0], 1, clock.now()))
                raise ValueError("this part did not happen")
    assert await waiting(db, CONSUMER) == []
