"""Tells open pages that something changed, across processes, without touching the hot path.

A change is published after its commit. It reaches listeners in this process at once, and those in
other processes by one coalesced NOTIFY every 50 ms. A lost notification is harmless: whoever waits
looks again after a few seconds.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias
from uuid import uuid4

import psycopg
import structlog

Connection: TypeAlias = psycopg.AsyncConnection[Any]
log = structlog.get_logger(__name__)
_CHANNEL = "chengtuan_live"
_COALESCE_S = 0.05
_MAX_TOPICS = 100  # a NOTIFY payload is at most 8000 bytes


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

    async def run(self) -> None:
        """Exchange notifications with the other processes until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forever(self._send))
            group.create_task(self._forever(self._receive))

    async def _forever(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            try:
                conninfo = self._conninfo
                async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
                    await work(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("live_interrupted", error=str(error))
                await asyncio.sleep(0.5)

    async def _send(self, connection: Connection) -> None:
        while True:
            await self._pending.wait()
            await asyncio.sleep(_COALESCE_S)
            self._pending.clear()
            topics, self._outgoing = list(self._outgoing), set()
            for start in range(0, len(topics), _MAX_TOPICS):
                payload = json.dumps([self._name, *topics[start : start + _MAX_TOPICS]])
                await connection.execute("select pg_notify(%s, %s)", (_CHANNEL, payload))

    async def _receive(self, connection: Connection) -> None:
        await connection.execute(f"listen {_CHANNEL}")
        async for notice in connection.notifies():
            sender, *topics = json.loads(notice.payload)
            for topic in topics if sender != self._name else ():
                self._ring(topic)

    def _ring(self, topic: str) -> None:
        for callback in self._watchers:
            callback(topic)
        for bell in self._listeners.get(topic, ()):
            bell.set()
