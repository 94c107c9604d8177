"""Doors that are closed to everybody for a moment: `front.py` refuses before anybody asks who comes and what they want.

In a rush nearly everybody hears the same "no". Told after all that a request goes through it costs most of what a "yes"
does; told here it costs no more than any bare answer. So only what is no secret is said here, and only where the answer
would be the same for everybody: whoever may be asking again for what they have is known by the key of their request,
and let through.

A door closes after somebody was refused, and opens by itself: when anything changes about its topic, here or in another
process, or at the latest after `TRUSTED_S`, should a notification get lost. The next one who comes closes it again.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import Problem
from chengtuan.platform.http.headers import completed
from chengtuan.platform.http.kept import Answer
from chengtuan.platform.http.problem_document import problem_document
from chengtuan.platform.http.problems import MEDIA_TYPE
from chengtuan.platform.live import LiveHub

TRUSTED_S = 1.0
MAX_TOPICS = 32
"""At once: each may keep thousands of keys that are let through."""
_KEY_SIZE = 36
_LENGTH_DIGITS = 4
"""A body of so few bytes as this can tell is not looked at."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a POST to the path is refused with. `but_for` are Idempotency-Keys that are let through."""

    path: str
    problem: Problem
    but_for: Collection[str] | None = None
    """None: whoever comes, with a key or without."""


Judge: TypeAlias = Callable[[], Awaitable[Sequence[Door]]]


@dataclass(frozen=True, slots=True)
class _Closed:
    answer: Answer
    but_for: frozenset[bytes] | None
    until: float


@dataclass(frozen=True, slots=True)
class _Judged:
    """Which doors about a topic were closed: perhaps none."""

    paths: Sequence[str]
    until: float


class ClosedDoors:
    def __init__(self, live: LiveHub) -> None:
        self._closed: dict[str, _Closed] = {}
        self._judged: OrderedDict[str, _Judged] = OrderedDict()
        self._judging: dict[str, object] = {}
        live.watch(self.open)

    async def close(self, topic: str, judge: Judge) -> None:
        """Close what `judge` finds to be closed now, unless the topic changes meanwhile. Raises what it raises.

        It is asked once for a crowd, and again when something has changed or `TRUSTED_S` are over.
        """
        now = time.monotonic()
        judged = self._judged.get(topic)
        if topic in self._judging or (judged is not None and now < judged.until):
            return
        mine = self._judging[topic] = object()
        try:
            doors = await judge()
            if self._judging.get(topic) is mine:
                self._keep(topic, doors, until=now + TRUSTED_S)
        finally:
            if self._judging.get(topic) is mine:
                del self._judging[topic]

    def open(self, topic: str) -> None:
        """Something about the topic has changed."""
        self._judging.pop(topic, None)
        self._forget(topic)

    def refusal(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Answer | None:
        """What a POST is answered without looking any further."""
        closed = self._closed.get(path)
        if closed is None or time.monotonic() >= closed.until:
            return None
        given = dict(headers)
        if len(given.get(b"content-length", b"")) > _LENGTH_DIGITS or b"transfer-encoding" in given:
            return None  # its body is more than such a request has: whoever reads bodies is to see to it
        if closed.but_for is not None:
            key = given.get(b"idempotency-key", b"")
            if len(key) != _KEY_SIZE or key != key.lower() or key in closed.but_for:
                return None  # also what might be another spelling of a key
        return closed.answer

    def _keep(self, topic: str, doors: Sequence[Door], until: float) -> None:
        self._forget(topic)
        self._judged[topic] = _Judged([door.path for door in doors], until)
        for door in doors:
            keys = None if door.but_for is None else frozenset(key.encode() for key in door.but_for)
            self._closed[door.path] = _Closed(_answer(door), keys, until)
        while len(self._judged) > MAX_TOPICS:
            self._forget(next(iter(self._judged)))

    def _forget(self, topic: str) -> None:
        if judged := self._judged.pop(topic, None):
            for path in judged.paths:
                self._closed.pop(path, None)


def _answer(door: Door) -> Answer:
    """One for everybody: its request id is that of whoever was refused first."""
    request_id = structlog.contextvars.get_contextvars().get("request_id") or str(new_id())
    body = problem_document(door.problem, door.path, request_id)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
    ]
    start = {"status": door.problem.status, "headers": completed({"method": "POST"}, headers)}
    return {"type": "http.response.start", **start}, {"type": "http.response.body", "body": body}
