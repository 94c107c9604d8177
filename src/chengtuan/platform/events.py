"""Domain events: declared by the module that owns the fact, stored in its outbox with the fact itself.

    @dataclass(frozen=True, kw_only=True)
    class GroupFormed(Event, name="trade.group_formed.v1", key="group_id"):
        group_id: UUID

Events of one key reach each consumer in the order in which they were committed, at least once;
the consumer's inbox makes it exactly one effect.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import TypeAdapter

from chengtuan.kernel.ids import new_id
from chengtuan.platform.arrays import array
from chengtuan.platform.wire import Executes

_kinds: dict[str, type["Event"]] = {}


class Event:
    """Base of all domain events. Subclasses are frozen dataclasses with plain, serialisable fields."""

    wire_name: ClassVar[str]
    key_field: ClassVar[str]

    def __init_subclass__(cls, *, name: str, key: str) -> None:
        super().__init_subclass__()
        if name in _kinds:
            raise TypeError(f"two events are called {name!r}")
        cls.wire_name, cls.key_field = name, key
        _kinds[name] = cls

    @property
    def key(self) -> str:
        """Events of one key are delivered in order."""
        return str(getattr(self, self.key_field))


_codecs: dict[str, TypeAdapter[Any]] = {}


def _codec(kind: type[Event]) -> TypeAdapter[Any]:
    if kind.wire_name not in _codecs:
        _codecs[kind.wire_name] = TypeAdapter(kind)
    return _codecs[kind.wire_name]


def encode(event: Event) -> str:
    return _codec(type(event)).dump_json(event).decode()


def decode(name: str, payload: str | bytes) -> Event:
    """The event that was stored under a wire name. Raises KeyError for a name nobody declares."""
    event = _codec(_kinds[name]).validate_json(payload)
    assert isinstance(event, Event)
    return event


def schema_of(kind: type[Event]) -> dict[str, Any]:
    """What its payload looks like, as JSON Schema."""
    return _codec(kind).json_schema()


def declared_events() -> Mapping[str, type[Event]]:
    return dict(_kinds)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event on its way to one consumer."""

    event_id: UUID
    name: str
    key: str
    payload: str


Routes = Mapping[str, tuple[str, ...]]
"""Which modules consume an event: wire name → module names."""


class OutboxWriter:
    """Stores events in the transaction that causes them: one row in the archive, and one for each consumer."""

    # one statement for all of them: a round trip more would be the cost of a small transaction
    _INSERT = (
        "with event as materialized (select * from unnest(%(ids)s::uuid[], %(names)s::text[], %(keys)s::text[],"
        " %(payloads)s::text[]) with ordinality as e(event_id, name, key, payload, place)),"
        " archived as (insert into event_archive (occurred_at, event_id, name, key, payload)"
        " select %(now)s, event_id, name, key, payload from event order by place)"
        " insert into outbox (event_id, consumer, name, key, payload, created_at, next_try_at)"
        " select event_id, consumer, name, key, payload, %(now)s, %(now)s"
        " from unnest(%(places)s::bigint[], %(consumers)s::text[]) as c(place, consumer) join event using (place)"
        " order by place"
    )

    def __init__(self, routes: Routes, tell_others: Callable[[], None] | None = None) -> None:
        """`tell_others` wakes the relay where it runs in another process."""
        self._routes = routes
        self._tell_others = tell_others
        self.woken = asyncio.Event()

    async def write(self, tx: Executes, events: Sequence[Event], now: datetime) -> None:
        if not events:
            return
        copies = [
            (place, consumer)
            for place, event in enumerate(events, start=1)
            for consumer in self._routes.get(event.wire_name, ())
        ]
        rows = {
            "ids": array(new_id() for _ in events),
            "names": array(event.wire_name for event in events),
            "keys": array(event.key for event in events),
            "payloads": array(encode(event) for event in events),
            "places": array(place for place, _ in copies),
            "consumers": array(consumer for _, consumer in copies),
            "now": now,
        }
        await tx.execute(self._INSERT, rows)

    def expect(self, events: Sequence[Event]) -> None:
        """Called after a commit: these were stored. What nobody consumes needs no relay."""
        if any(event.wire_name in self._routes for event in events):
            self.wake()

    def wake(self) -> None:
        """There is something to relay."""
        self.woken.set()
        if self._tell_others is not None:
            self._tell_others()
