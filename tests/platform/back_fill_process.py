"""A process that back-fills and is killed: `python -m tests.platform.back_fill_process URL INSTANT`."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from chengtuan.platform import back_fill
from chengtuan.platform.background import kept_running
from chengtuan.platform.health import Health
from chengtuan.platform.inbox import Consumer, on
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.relay import Relay
from tests.platform.bench import CONSUMER, EVENT, PRODUCER, database, note_event, outbox_to

back_fill.PORTION = 20


class _Since:
    """Goes on from an instant."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset + timedelta(minutes=1)


async def work(url: str, start: datetime) -> None:
    clock, outbox, jobs = _Since(start), outbox_to(CONSUMER), JobWriter()
    producer = database(url, clock, PRODUCER, outbox=outbox, jobs=jobs)
    consumer = database(url, clock, CONSUMER)
    await producer.open()
    await consumer.open()
    inbox = Consumer(consumer, [on(EVENT, note_event)])
    relay = Relay(producer, outbox, {CONSUMER: inbox.deliver}, clock, Health())
    runner = JobRunner(producer, jobs, clock, [back_fill.back_fill_job(producer)])
    async with kept_running([("relay", relay.run), ("jobs", runner.run)], Health()):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
