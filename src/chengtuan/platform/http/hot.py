"""Answers hot public pages from bytes kept in this process, before the framework.

A route hands its page to `HotPages.page` with the live topic that announces its changes. A change
committed in this process drops the page before its own answer is given; one in another process does
so through the live notifications; and no page grows older than `MAX_AGE_S`, should one get lost.
A page that is being read while its topic changes is given to those who asked before, and not kept.

What a page says of the current time is not part of what is kept: a trailing `"now"` is written anew
into every answer. Only successful pages come here; problems are raised past it.
"""

import asyncio
import re
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chengtuan.kernel.clock import Clock
from chengtuan.platform.http.fields import zulu
from chengtuan.platform.live import LiveHub

MAX_AGE_S = 1.0
MAX_PAGES = 512
MAX_PAGE_BYTES = 256 * 1024
ZIP_FROM_BYTES = 1024
ZIP_LEVEL = 5

Headers = list[tuple[bytes, bytes]]
Make = Callable[[], Awaitable[bytes]]
_STAMP = re.compile(rb'"now":"[-0-9T:.]{23}Z"\}$')
_STAMP_BYTES = len('"now":"2026-06-01T04:00:00.000Z"}')
_GZIP_WBITS, _GZIP_MEMORY = 16 + 13, 6  # 64 kB a kept page; the widest window would take 256 kB


def without_stamp(body: bytes) -> bytes:
    """The page without its time: equal for pages that say the same."""
    return body[:-_STAMP_BYTES] if _STAMP.search(body) else body


class _Page:
    """A page as it is kept: without its time, and zipped when somebody first asks for that."""

    def __init__(self, body: bytes, topic: str, read_at: float, clock_at: datetime) -> None:
        self.topic = topic
        self.read_at = read_at
        self.clock_at = clock_at
        self._kept = without_stamp(body)
        self._stamped = len(self._kept) < len(body)
        self._large = len(body) >= ZIP_FROM_BYTES
        self._zip: Any = None  # zlib names no type for its compressors
        self._zip_head = b""

    def body(self, now: datetime) -> bytes:
        return self._kept + self._stamp(now)

    def zipped(self, now: datetime) -> bytes:
        """One gzip stream: the kept part is compressed once, the time is added to a copy."""
        if self._zip is None:
            self._zip = zlib.compressobj(ZIP_LEVEL, zlib.DEFLATED, _GZIP_WBITS, _GZIP_MEMORY)
            self._zip_head = self._zip.compress(self._kept) + self._zip.flush(zlib.Z_SYNC_FLUSH)
        rest = self._zip.copy()
        return bytes(self._zip_head + rest.compress(self._stamp(now)) + rest.flush())

    def answer(self, now: datetime, *, zip_accepted: bool) -> tuple[Headers, bytes]:
        headers: Headers = [(b"content-type", b"application/json")]
        if self._large:
            headers.append((b"vary", b"Accept-Encoding"))
        if self._large and zip_accepted:
            body = self.zipped(now)
            headers.append((b"content-encoding", b"gzip"))
        else:
            body = self.body(now)
        headers.append((b"content-length", b"%d" % len(body)))
        return headers, body

    def _stamp(self, now: datetime) -> bytes:
        return b'"now":"%b"}' % zulu(now).encode() if self._stamped else b""


@dataclass(eq=False)
class _Reading:
    """A page that is being read now; everybody who asks meanwhile waits for it too."""

    topic: str
    task: "asyncio.Task[bytes]"


class HotPages:
    def __init__(self, clock: Clock, live: LiveHub, *, max_age_s: float = MAX_AGE_S) -> None:
        self._clock = clock
        self._max_age_s = max_age_s
        self._max_drift = timedelta(seconds=max_age_s)
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._readings: dict[str, _Reading] = {}
        self._paths: dict[str, set[str]] = {}
        live.watch(self.drop)

    async def page(self, path: str, topic: str, make: Make) -> bytes:
        """The page at `path` as JSON: kept, or made now. Raises what `make` raises."""
        now = self._clock.now()
        page = self._find(path, now)
        if page is not None:
            return page.body(now)
        reading = self._readings.get(path)
        if reading is None:
            reading = _Reading(topic, asyncio.create_task(self._read(path, topic, make)))
            reading.task.add_done_callback(_look_at_error)
            self._readings[path] = reading
            self._paths.setdefault(topic, set()).add(path)
        return await asyncio.shield(reading.task)  # one visitor leaving must not fail the others

    def answer(self, scope: Mapping[str, Any]) -> tuple[Headers, bytes] | None:
        """Headers and body for a request, if its page is kept. For a GET without a query."""
        now = self._clock.now()
        page = self._find(scope["path"], now)
        if page is None:
            return None
        return page.answer(now, zip_accepted=_accepts_gzip(scope))

    def drop(self, topic: str) -> None:
        """What is kept or being read about the topic is out of date."""
        for path in self._paths.pop(topic, ()):
            self._pages.pop(path, None)
            self._readings.pop(path, None)

    async def _read(self, path: str, topic: str, make: Make) -> bytes:
        this = asyncio.current_task()
        read_at, clock_at = asyncio.get_running_loop().time(), self._clock.now()
        try:
            body = await make()
        finally:
            reading = self._readings.get(path)
            valid = reading is not None and reading.task is this
            if valid:
                del self._readings[path]
                self._paths[topic].discard(path)
        if valid and len(body) <= MAX_PAGE_BYTES:
            self._keep(path, _Page(body, topic, read_at, clock_at))
        return body

    def _keep(self, path: str, page: _Page) -> None:
        self._pages[path] = page
        self._paths.setdefault(page.topic, set()).add(path)
        while len(self._pages) > MAX_PAGES:
            self._forget(next(iter(self._pages)))

    def _find(self, path: str, now: datetime) -> _Page | None:
        page = self._pages.get(path)
        if page is None:
            return None
        age_s = asyncio.get_running_loop().time() - page.read_at
        if age_s > self._max_age_s or abs(now - page.clock_at) > self._max_drift:
            self._forget(path)
            return None
        self._pages.move_to_end(path)
        return page

    def _forget(self, path: str) -> None:
        page = self._pages.pop(path)
        paths = self._paths.get(page.topic)
        if paths is not None:
            paths.discard(path)
            if not paths:
                del self._paths[page.topic]


def _accepts_gzip(scope: Mapping[str, Any]) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _look_at_error(task: "asyncio.Task[bytes]") -> None:
    """Whoever asked gets the error; if all of them have gone, nobody needs to hear of it."""
    if not task.cancelled():
        task.exception()
