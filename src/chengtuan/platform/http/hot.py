"""Keeps hot public pages as bytes in this process; `front.py` answers with them before anything else.

A route hands its page to `HotPages.page` with the live topics that announce its changes; those that only reading
can tell, such as the groups that it shows, come with what was read. A change committed in this process drops the page
before its own answer is given; one in another process does so through the live notifications; and no page grows older
than `MAX_AGE_S`, should one get lost. From half of that age on, a page that is asked for is read again while the old
one is still given. A page that is being read while one of its topics changes is given to those who asked before, and
not kept.

How a page is read is remembered longer than the page: who asks for one that has just gone waits for one reading,
together with everybody else, and the framework does not hear of it. That there is no such page (a problem with status
404) is kept as a page is.

What is kept is bounded in bytes: whatever strangers ask for, it drives out what nobody asked for lately.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import structlog
from starlette.responses import Response

from chengtuan.kernel.clock import Clock, MovableClock
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import Overloaded, Problem
from chengtuan.platform import deadline
from chengtuan.platform.http.kept import TICK_S, Kept, Made, without_stamp
from chengtuan.platform.http.problem_document import problem_document
from chengtuan.platform.live import LiveHub

__all__ = ["HotPages", "Made", "Shown", "as_response", "without_stamp"]

MAX_AGE_S = 1.0
MAX_BYTES = 32 * 1024 * 1024
MAX_PAGE_BYTES = 256 * 1024
MAX_RECIPES = 4096
MAX_WAITING = 2048
"""Requests that wait for pages at once; a server has a few thousand in all."""
REST_S = 0.05
"""For pages that show many things: so long after one reading the next one begins, however often they change."""
_READING_S = 8.0
_NEVER = float("-inf")

Make: TypeAlias = Callable[[], Awaitable[Made]]
Key: TypeAlias = tuple[str, bytes]
"""Path and query, as a request has them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with the time of its answer, and what headers say of it."""

    body: bytes
    mark: int
    headers: Mapping[str, str]


def as_response(shown: Shown) -> Response:
    return Response(shown.body, media_type="application/json", headers=shown.headers)


@dataclass(slots=True)
class _Recipe:
    """How a page is read."""

    topics: frozenset[str]
    make: Make
    rest_s: float
    read_at: float


@dataclass(eq=False)
class _Reading:
    """A page that is being read now; everybody who asks meanwhile waits for it too."""

    recipe: _Recipe
    begun: bool = False
    changed: set[str] = field(default_factory=set)
    """Topics that changed since it has begun: what is read may be about them."""
    task: "asyncio.Task[Kept]" = field(init=False)


class HotPages:
    def __init__(
        self, clock: Clock, live: LiveHub, *, max_age_s: float = MAX_AGE_S, tick_s: float | None = None
    ) -> None:
        """`tick_s`: so long one writing of the time does; a clock that is moved by hand is looked at each time."""
        self._clock = clock
        self._max_age_s = max_age_s
        self._tick_s = tick_s if tick_s is not None else 0.0 if isinstance(clock, MovableClock) else TICK_S
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._recipes: OrderedDict[Key, _Recipe] = OrderedDict()
        self._about: dict[str, set[Key]] = {}
        self._readings: dict[Key, _Reading] = {}
        self._bytes = 0
        self._waiting = 0
        live.watch(self.drop)

    async def page(
        self, path: str, topics: Collection[str], make: Make, *, query: bytes = b"", rest_s: float = 0.0
    ) -> Shown:
        """The page at `path` as JSON: kept, or made now. Raises what `make` raises, and Overloaded.

        `query`: as the request has it, for a route that heeds it.
        """
        key = (path, query)
        kept = self.find(key)
        if kept is None:
            earlier = self._recipes.get(key)
            recipe = _Recipe(frozenset(topics), make, rest_s, earlier.read_at if earlier else _NEVER)
            kept = (await self._read_once(key, recipe)).result()
        if kept.problem is not None:
            raise kept.problem.with_traceback(None)
        if kept.told_until <= (monotonic := time.monotonic()):
            kept.tell(self._clock.now(), monotonic)
        return Shown(kept.body, kept.mark, kept.headers)

    def find(self, key: Key) -> Kept | None:
        """What is kept for the request, with the right time on it."""
        kept = self._pages.get(key)
        if kept is None or kept.told_until > time.monotonic():
            return kept
        return self._look_after(key, kept)

    async def again(self, key: Key) -> Kept | None:
        """A page that was here lately and has gone; None if it was not, or cannot be read now."""
        recipe = self._recipes.get(key)
        if recipe is None or self._waiting >= MAX_WAITING:
            return None
        read = await self._read_once(key, recipe)
        return None if read.cancelled() or read.exception() else read.result()

    def drop(self, topic: str) -> None:
        """What is kept or being read about the topic is out of date."""
        for key in self._about.pop(topic, ()):
            self._forget(key)
        for key, reading in list(self._readings.items()):
            if reading.begun:
                reading.changed.add(topic)
                if topic in reading.recipe.topics:  # whoever asks from here on needs another one
                    del self._readings[key]

    async def _read_once(self, key: Key, recipe: _Recipe) -> "asyncio.Task[Kept]":
        """The reading that answers whoever asks now, at its end, however it ended. Raises Overloaded."""
        if self._waiting >= MAX_WAITING:
            raise Overloaded(retry_after_s=1)
        self._waiting += 1
        try:
            while True:
                reading = self._begin(key, recipe)
                missed = frozenset(reading.changed)
                await asyncio.wait([reading.task])  # one visitor leaving does not fail the others
                failed = reading.task.cancelled() or reading.task.exception()
                if failed or not missed & reading.task.result().topics:
                    return reading.task
        finally:
            self._waiting -= 1

    def _begin(self, key: Key, recipe: _Recipe) -> _Reading:
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = _Reading(recipe)
            reading.task = asyncio.create_task(self._read(key, reading))
            reading.task.add_done_callback(_look_at_error)
        return reading

    async def _read(self, key: Key, reading: _Reading) -> Kept:
        recipe = reading.recipe
        if (rest_s := recipe.read_at + recipe.rest_s - time.monotonic()) > 0:
            await asyncio.sleep(rest_s)
        reading.begun = True
        request_id = structlog.contextvars.get_contextvars().get("request_id") or str(new_id())
        structlog.contextvars.bind_contextvars(request_id=request_id)  # of this task alone
        recipe.read_at, clock_at = time.monotonic(), self._clock.now()
        problem = None
        try:
            with deadline.within(_READING_S):
                made = await recipe.make()
        except Problem as raised:
            if raised.status != 404:
                raise
            problem, made = raised, Made(problem_document(raised, key[0], request_id))
        finally:
            if self._readings.get(key) is reading:
                del self._readings[key]
        topics = recipe.topics | frozenset(made.topics)
        kept = Kept(
            made,
            topics,
            read_at=recipe.read_at,
            clock_at=clock_at,
            request_id=request_id,
            tick_s=self._tick_s,
            problem=problem,
        )
        if made.keep and not topics & reading.changed and len(made.body) <= MAX_PAGE_BYTES:
            self._keep(key, kept, recipe)
        return kept

    def _keep(self, key: Key, kept: Kept, recipe: _Recipe) -> None:
        self._forget(key)
        self._pages[key] = kept
        self._bytes += kept.size
        for topic in kept.topics:
            self._about.setdefault(topic, set()).add(key)
        while self._bytes > MAX_BYTES:
            self._forget(next(iter(self._pages)))
        self._recipes[key] = recipe
        self._recipes.move_to_end(key)
        if len(self._recipes) > MAX_RECIPES:
            self._recipes.popitem(last=False)

    def _look_after(self, key: Key, kept: Kept) -> Kept | None:
        """Once a tick and page: whether it is too old, is to be read again, was in use."""
        now, monotonic = self._clock.now(), time.monotonic()
        age_s = monotonic - kept.read_at
        if age_s >= self._max_age_s or abs(now - kept.clock_at) >= timedelta(seconds=self._max_age_s):
            self._forget(key)
            return None
        recipe = self._recipes.get(key)
        if age_s > self._max_age_s / 2 and recipe is not None:
            self._begin(key, recipe)
        self._pages.move_to_end(key)
        kept.tell(now, monotonic)
        return kept

    def _forget(self, key: Key) -> None:
        kept = self._pages.pop(key, None)
        if kept is None:
            return
        self._bytes -= kept.size
        for topic in kept.topics:
            keys = self._about.get(topic, set())
            keys.discard(key)
            if not keys:
                self._about.pop(topic, None)


def _look_at_error(task: "asyncio.Task[Kept]") -> None:
    """Whoever asked gets the error; if all of them have gone, nobody needs to hear of it."""
    if not task.cancelled():
        task.exception()
