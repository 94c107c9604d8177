"""Tells open pages that something changed, across processes, without touching the hot path.

A change is published after its commit. It reaches listeners in this process at once, and those in
other processes by one coalesced NOTIFY every 50 ms. A lost notification is harmless: whoever waits
looks again after a few seconds.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, LiteralString, TypeAlias
from uuid import uuid4

import psycopg
import structlog

from chengtuan.platform.health import Part

Connection: TypeAlias = psycopg.AsyncConnection[Any]
log = structlog.get_logger(__name__)
_CHANNEL: LiteralString = "chengtuan_live"
_COALESCE_S = 0.05
_QUIET_S = 30.0  # after so long without a notification the connection is looked at
_MAX_TOPICS = 100  # a NOTIFY payload is at most 8000 bytes


TELL: LiteralString = "select pg_notify('" + _CHANNEL + "', payload) from unnest(%(payloads)s::text[]) payload"
"""For a transaction whose news may not be lost even if this process dies right after the commit: the database tells
them, to this process too. A notification that is part of a transaction makes its commit wait for others of the kind."""


def telling(topics: Sequence[str]) -> dict[str, object]:
    """Parameters of TELL."""
    return {"payloads": _payloads("", topics)}


def _payloads(sender: str, topics: Sequence[str]) -> list[str]:
    parts = [topics[start : start + _MAX_TOPICS] for start in range(0, len(topics), _MAX_TOPICS)]
    return [json.dumps([sender, *part]) for part in parts]


class LiveHub:
    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._name = uuid4().hex  # so that nobody is rung twice, here and by our own notification
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._watchers: list[Callable[[str], None]] = []
        self._outgoing: set[str] = set()
        self._pending = asyncio.Event()

    def publish(self, topic: str) -> None:
        """Something about `topic` changed and is committed."""
        self._ring(topic)
        self._outgoing.add(topic)
        self._pending.set()

    def watch(self, callback: Callable[[str], None]) -> None:
        """Call back for every topic that changes, here or elsewhere; must be quick and not raise."""
        self._watchers.append(callback)

    @contextlib.contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the topic changes; clear it before you look."""
        bell = asyncio.Event()
        self._listeners.setdefault(topic, set()).add(bell)
        try:
            yield bell
        finally:
            waiting = self._listeners[topic]
            waiting.discard(bell)
            if not waiting:
                del self._listeners[topic]

    async def send(self, part: Part) -> None:
        """Tell the other processes until cancelled. Raises what the database raises."""
        async with await self._connect() as connection:
            while True:
                part.works()
                try:
                    async with asyncio.timeout(_QUIET_S):
                        await self._pending.wait()
                except TimeoutError:
                    await connection.execute("select 1")
                    continue
                await asyncio.sleep(_COALESCE_S)
                self._pending.clear()
                topics, self._outgoing = list(self._outgoing), set()
                for payload in _payloads(self._name, topics):
                    await connection.execute("select pg_notify(%s, %s)", (_CHANNEL, payload))

    async def receive(self, part: Part) -> None:
        """Hear of the other processes until cancelled. Raises what the database raises."""
        async with await self._connect() as connection:
            await connection.execute(f"listen {_CHANNEL}")
            while True:
                part.works()
                async for notice in connection.notifies(timeout=_QUIET_S):
                    self._hear(notice.payload)
                await connection.execute("select 1")

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)

    def _hear(self, payload: str) -> None:
        try:
            sender, *topics = json.loads(payload)
        except ValueError:  # anybody who has the database's password can notify
            log.warning("notification_not_understood")
            return
        for topic in topics if sender != self._name else ():
            self._ring(str(topic))

    def _ring(self, topic: str) -> None:
        for callback in self._watchers:
            callback(topic)
        for bell in self._listeners.get(topic, ()):
            bell.set()
