"""Domain events: declared by the module that owns the fact, stored in its outbox with the fact itself.

    @dataclass(frozen=True, kw_only=True)
    class GroupFormed(Event, name="trade.group_formed.v1", key="group_id"):
        group_id: UUID

Events of one key reach each consumer in the order in which they were committed, at least once;
the consumer's inbox makes it exactly one effect.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from psycopg import AsyncConnection
from pydantic import TypeAdapter

from chengtuan.kernel.ids import new_id

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
    """Stores events in the transaction that causes them: one row for each consumer."""

    _INSERT = (
        "insert into outbox (event_id, consumer, name, key, payload, created_at, next_try_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)"
    )

    def __init__(self, routes: Routes, tell_others: Callable[[], None] | None = None) -> None:
        """`tell_others` wakes the relay where it runs in another process."""
        self._routes = routes
        self._tell_others = tell_others
        self.woken = asyncio.Event()

    async def write(self, connection: AsyncConnection[Any], events: Iterable[Event], now: datetime) -> None:
        rows = [
            (event_id, consumer, event.wire_name, event.key, encode(event), now, now)
            for event in events
            for event_id in (new_id(),)
            for consumer in self._routes.get(event.wire_name, ())
        ]
        if rows:
            async with connection.cursor() as cursor:
                await cursor.executemany(self._INSERT, rows)

    def wake(self) -> None:
        """Called after a commit: there is something to relay."""
        self.woken.set()
        if self._tell_others is not None:
            self._tell_others()
