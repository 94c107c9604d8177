"""Doors that are closed to everybody for a moment: `front.py` refuses before anybody asks who comes and what they want.

In a rush nearly everybody hears the same "no". Told after all that a request goes through it costs most of what a "yes"
does; told here it costs no more than any bare answer. So only what is no secret is said here, and only where the answer
would be the same for everybody: whoever may be asking again for what they have is known by the key of their request,
and let through.

A door closes after somebody was refused. It opens when its topic is heard of, here or from another process, and after
`TRUSTED_S` at the latest, should a notification get lost; then the next one who is refused closes it again.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import Problem
from chengtuan.platform.http.headers import completed
from chengtuan.platform.http.kept import Answer
from chengtuan.platform.http.problem_document import problem_document, problem_headers
from chengtuan.platform.live import LiveHub
from chengtuan.platform.outages import may_pass

log = structlog.get_logger(__name__)
TRUSTED_S = 1.0
REST_S = 0.02
"""Between two judgements, whatever they are about: strangers can make us judge."""
MAX_KEYS = 100_000
"""Of all doors: some ten megabytes."""
MAX_TOPICS = 1000
_KEY_SIZE = 36
_LENGTH_DIGITS = 4
"""A body of so few bytes as this can tell is not looked at."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a POST to the path is refused with. `but_for` are Idempotency-Keys that are let through."""

    path: str
    problem: Problem
    but_for: Collection[bytes]


Judge: TypeAlias = Callable[[Mapping[str, Door]], Awaitable[Sequence[Door]]]
"""Given the doors by path that were closed when it was asked last, those that are closed now."""


@dataclass(frozen=True, slots=True)
class _Closed:
    answer: Answer
    but_for: Collection[bytes]
    until: float


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found about a topic: perhaps that no door is closed."""

    doors: Mapping[str, Door]
    until: float

    @property
    def keys(self) -> int:
        return sum(len(door.but_for) for door in self.doors.values())


class ClosedDoors:
    def __init__(self, live: LiveHub) -> None:
        self._closed: dict[str, _Closed] = {}
        self._judged: OrderedDict[str, _Judged] = OrderedDict()
        self._keys = 0
        self._judging: str | None = None
        self._rests_until = 0.0
        live.watch(self.open)

    async def close(self, topic: str, judge: Judge) -> None:
        """Close what `judge` finds to be closed now, unless the topic is heard of meanwhile.

        It is asked once for a crowd, one at a time, and not at all if the database cannot be asked: nobody is refused
        differently for that.
        """
        now = time.monotonic()
        judged = self._judged.get(topic)
        if self._judging is not None or now < self._rests_until or (judged is not None and now < judged.until):
            return
        self._judging = topic
        try:
            doors = await judge(judged.doors if judged is not None else {})
            if self._judging == topic:
                self._keep(topic, {door.path: door for door in doors}, until=now + TRUSTED_S)
        except Exception as error:
            if not (isinstance(error, Problem | TimeoutError) or may_pass(error)):
                raise
            log.warning("doors_not_judged", topic=topic, error=repr(error))
        finally:
            self._judging = None
            self._rests_until = time.monotonic() + REST_S

    def open(self, topic: str) -> None:
        """What was found about the topic may be so no longer."""
        if self._judging == topic:
            self._judging = ""  # what is being found is not kept
        self._forget(topic)

    def refusal(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Answer | None:
        """What a POST is answered without looking any further."""
        closed = self._closed.get(path)
        if closed is None or time.monotonic() >= closed.until:
            return None
        given = dict(headers)
        if len(given.get(b"content-length", b"")) > _LENGTH_DIGITS or b"transfer-encoding" in given:
            return None  # its body is more than such a request has: whoever reads bodies is to see to it
        key = given.get(b"idempotency-key", b"")
        if len(key) != _KEY_SIZE or key != key.lower() or key in closed.but_for:
            return None  # also without a key, and with what might be another spelling of one
        return closed.answer

    def _keep(self, topic: str, doors: Mapping[str, Door], until: float) -> None:
        self._forget(topic)
        judged = self._judged[topic] = _Judged(doors, until)
        self._keys += judged.keys
        for path, door in doors.items():
            self._closed[path] = _Closed(_answer(door), door.but_for, until)
        while self._keys > MAX_KEYS or len(self._judged) > MAX_TOPICS:
            self._forget(next(iter(self._judged)))

    def _forget(self, topic: str) -> None:
        if judged := self._judged.pop(topic, None):
            self._keys -= judged.keys
            for path in judged.doors:
                del self._closed[path]


def _answer(door: Door) -> Answer:
    """One for everybody: its request id is that of whoever was refused first."""
    request_id = structlog.contextvars.get_contextvars().get("request_id") or str(new_id())
    body = problem_document(door.problem, door.path, request_id)
    headers = [*problem_headers(door.problem, body), (b"x-request-id", request_id.encode())]
    start = {"status": door.problem.status, "headers": completed({"method": "POST"}, headers)}
    return {"type": "http.response.start", **start}, {"type": "http.response.body", "body": body}
