"""The consuming side of events: each handler sees each event once, in the order of its key."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

import structlog

from chengtuan.platform.combiner import LOCK_S
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.events import Envelope, Event, decode
from chengtuan.platform.logs import in_short
from chengtuan.platform.outages import is_outage, may_pass

log = structlog.get_logger(__name__)
E = TypeVar("E", bound=Event)
_PARALLEL_KEYS = 4
HELD_UP = "held up"
"""How the reason begins where somebody else's lock was in the way: the event itself is not to blame."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A handler of one event. Its name is part of the inbox's key: do not change it lightly."""

    event: type[Event]
    name: str
    handler: Callable[[WriteSession, Sequence[Any]], Awaitable[None]]
    batch: bool


def on(event: type[E], handler: Callable[[WriteSession, E], Awaitable[None]]) -> Subscriber:
    """Handle events one by one, each in a transaction of its own."""

    async def each(tx: WriteSession, events: Sequence[E]) -> None:
        for one in events:
            await handler(tx, one)

    return Subscriber(event, handler.__name__, each, batch=False)


def on_batch(
    event: type[E], handler: Callable[[WriteSession, Sequence[E]], Awaitable[None]], *, name: str | None = None
) -> Subscriber:
    """Handle what has piled up in one transaction; if it fails, one by one. `name`: as the handler was called first."""
    return Subscriber(event, name or handler.__name__, handler, batch=True)


class Consumer:
    """Feeds a module's subscribers; the database effect of each delivery happens exactly once."""

    def __init__(self, database: Database, subscribers: Sequence[Subscriber]) -> None:
        self.module = database.module
        self._database = database
        self._subscribers = subscribers

    async def deliver(self, envelopes: Sequence[Envelope]) -> dict[UUID, str]:
        """Handle envelopes that stand in order. Returns what failed: event id → reason.

        Raises if nothing can be handled now, whatever the events are; what was handled already stays so.
        """
        failed: dict[UUID, str] = {}
        stuck: set[str] = set()
        for name, run in groupby(envelopes, key=lambda envelope: envelope.name):
            ready = []
            for envelope in run:
                if envelope.key in stuck:
                    failed[envelope.event_id] = "an earlier event of this key failed"
                else:
                    ready.append(envelope)
            errors = await self._handle_run(name, ready)
            failed |= errors
            stuck |= {envelope.key for envelope in ready if envelope.event_id in errors}
        return failed

    async def _handle_run(self, name: str, run: Sequence[Envelope]) -> dict[UUID, str]:
        failed: dict[UUID, str] = {}
        for subscriber in self._subscribers:
            if subscriber.event.wire_name != name:
                continue
            todo = [envelope for envelope in run if envelope.event_id not in failed]
            if subscriber.batch and len(todo) > 1 and await self._as_one(subscriber, todo):
                continue
            failed |= await self._one_by_one(subscriber, todo)
        return failed

    async def _as_one(self, subscriber: Subscriber, run: Sequence[Envelope]) -> bool:
        try:
            await self._handle(subscriber, run)
        except Exception as error:  # (whatever else it was, one by one will tell)
            if is_outage(error):
                raise
            log.info("batch_split", handler=subscriber.name, size=len(run), error=repr(error))
            return False
        return True

    async def _one_by_one(self, subscriber: Subscriber, run: Sequence[Envelope]) -> dict[UUID, str]:
        chains: dict[str, list[Envelope]] = {}
        for envelope in run:
            chains.setdefault(envelope.key, []).append(envelope)
        gate = asyncio.Semaphore(_PARALLEL_KEYS)
        failed: dict[UUID, str] = {}

        async def follow(chain: list[Envelope]) -> None:
            async with gate:
                for position, envelope in enumerate(chain):
                    try:
                        await self._handle(subscriber, [envelope])
                    except Exception as error:
                        if is_outage(error):
                            raise
                        reason = _told(error, subscriber, envelope)
                        failed.update({later.event_id: reason for later in chain[position:]})
                        return

        ends = await asyncio.gather(*(follow(chain) for chain in chains.values()), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end
        return failed

    async def _handle(self, subscriber: Subscriber, envelopes: Sequence[Envelope]) -> None:
        # briefly: one order's row must not hold up the events of all others
        async with self._database.write(lock_s=LOCK_S) as tx:
            fresh = await tx.fetch_tuples(
                "insert into inbox (handler, event_id, handled_at)"
                " select %(handler)s, id, %(now)s from unnest(%(ids)s::uuid[]) as id"
                " on conflict do nothing returning event_id",
                {
                    "handler": subscriber.name,
                    "now": tx.clock.now(),
                    "ids": [envelope.event_id for envelope in envelopes],
                },
            )
            new = {row[0] for row in fresh}
            events = [decode(e.name, e.payload) for e in envelopes if e.event_id in new]
            if events:
                await subscriber.handler(tx, events)


def _told(error: Exception, subscriber: Subscriber, envelope: Envelope) -> str:
    """The reason that is kept; a person hears of it unless it passes by itself."""
    if may_pass(error):
        log.info("event_held_up", handler=subscriber.name, name=envelope.name, key=envelope.key, error=in_short(error))
        return f"{HELD_UP}: {in_short(error)}"
    log.error("event_failed", handler=subscriber.name, name=envelope.name, key=envelope.key, exc_info=error)
    return in_short(error)
